import type { Command } from "commander";
import { rebuildReports } from "#modules/reports/index.ts";
import { isDate } from "#platform/schema.ts";
import { withApp } from "../database.ts";
import { findSite } from "../site.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

interface RebuildOptions {
  readonly site?: string;
  readonly from?: string;
  readonly to?: string;
}

export function addReports(program: Command, terminal: Terminal): void {
  const reports = program.command("reports").description("the numbers computed from the books");
  reports
    .command("rebuild")
    .description("compute every day anew from the books; safe at any time and beside the worker")
    .option("--site <name or id>", "only the days of this site")
    .option("--from <date>", "from this business date on, such as 2026-11-01")
    .option("--to <date>", "up to this business date")
    .action(async (options: RebuildOptions) => {
      const { from, to } = { from: dateOf(options, "from"), to: dateOf(options, "to") };
      const started = performance.now();
      const days = await withApp(terminal, async (app) => {
        const ctx = systemCtx(app);
        const site = options.site === undefined ? undefined : await findSite(ctx, options.site);
        return rebuildReports(ctx, {
          siteId: site?.id,
          from,
          to,
          onProgress: ({ siteName, businessDate, doneBatches, allBatches }) =>
            terminal.progress(
              `${Math.floor((100 * doneBatches) / allBatches)} %: ${siteName} up to ${businessDate}`,
            ),
        });
      });
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      terminal.progress("");
      terminal.say(`Computed ${days} days in ${seconds} s.`);
    });
}

function dateOf(options: RebuildOptions, name: "from" | "to"): string | undefined {
  const date = options[name];
  if (date === undefined || isDate(date)) return date;
  throw new CommandError(`--${name} takes a date such as 2026-11-01.`);
}
