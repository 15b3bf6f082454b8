import { readFileSync, statSync } from "node:fs";
import type { Command } from "commander";
import {
  type Import,
  importFile,
  type NewImport,
  parseBakeryData,
} from "#modules/imports/index.ts";
import { listSites, type Site } from "#modules/sites/index.ts";
import type { App, Ctx } from "#platform/context.ts";
import { isTooDeep } from "#platform/http/text.ts";
import { newId } from "#platform/id.ts";
import { withApp } from "../database.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

interface ImportOptions {
  readonly site: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const fileBytesMax = 16 * 1024 * 1024;

export function addImport(program: Command, terminal: Terminal): void {
  program
    .command("import")
    .description("take over the data file (bakery_data.json) of an older bakery app")
    .argument("<file>", `the data file, at most ${fileBytesMax / 1024 / 1024} MiB`)
    .requiredOption("--site <id or name>", "the site that gets the stock and the history")
    .option("--dry-run", "only report what would happen")
    .option("--json", "print the report as JSON")
    .action(async (file: string, options: ImportOptions) => {
      const content = readDataFile(file);
      const done = await withApp(terminal, (app) => bring(app, content, options));
      if (options.json === true) terminal.print(JSON.stringify(done, null, 2));
      else for (const line of linesOf(done)) terminal.print(line);
    });
}

async function bring(app: App, content: object, options: ImportOptions): Promise<Import> {
  const ctx = systemCtx(app);
  const { id: siteId } = await findSite(ctx, options.site);
  const dryRun = options.dryRun === true;
  const input: NewImport = { siteId, format: "bakery-data", dryRun, content };
  return (await importFile(ctx, newId(), input)).body;
}

function readDataFile(file: string): object {
  let text: string;
  try {
    if (statSync(file).size > fileBytesMax) throw new CommandError(`${file} is too large.`);
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file} cannot be read as UTF-8 text.`);
  }
  const content = isTooDeep(text) ? undefined : parse(text);
  if (typeof content === "object" && content !== null && !Array.isArray(content)) return content;
  throw new CommandError(`${file} is not a JSON object.`);
}

function parse(text: string): unknown {
  try {
    return parseBakeryData(text);
  } catch {
    return undefined;
  }
}

const sitesAtOnce = 200;

/** The site by its id, or by its name if only one in use is called that. */
async function findSite(ctx: Ctx, wanted: string): Promise<Site> {
  const named: Site[] = [];
  let cursor: string | undefined;
  do {
    const page = await listSites(ctx, { limit: sitesAtOnce, cursor });
    const exact = page.data.find((site) => site.id === wanted);
    if (exact) return exact;
    named.push(...page.data.filter((site) => site.name.toLowerCase() === wanted.toLowerCase()));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  const [site, other] = named;
  if (site === undefined) throw new CommandError(`There is no site ${wanted} in use.`);
  if (other !== undefined)
    throw new CommandError(`Several sites are called ${wanted}: give an id.`);
  return site;
}

function linesOf({ dryRun, report }: Import): string[] {
  const { problems, problemCount, notices, noticeCount } = report;
  const kinds = ["items", "lots", "recipes", "sales"] as const;
  const lines = [dryRun ? "Nothing was written; this would happen:" : "Brought in:"];
  for (const kind of kinds) {
    const { created, matched, unchanged, skipped } = report[kind];
    const counts = `${created} new, ${matched} matched, ${unchanged} unchanged, ${skipped} left out`;
    lines.push(`  ${kind.padEnd(8)} ${counts}`);
  }
  const tell = (title: string, count: number, findings: typeof problems) => {
    if (count > 0) lines.push(`${count} ${title}:`);
    for (const { pointer, code, message } of findings) {
      lines.push(`  ${pointer} [${code}] ${message}`);
    }
    if (count > findings.length) lines.push(`  … and ${count - findings.length} more`);
  };
  tell("problem(s)", problemCount, problems);
  tell("notice(s)", noticeCount, notices);
  return lines;
}
