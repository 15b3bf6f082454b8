import type { Command } from "commander";
import { listSites } from "#modules/sites/index.ts";
import type { App } from "#platform/context.ts";
import { withApp } from "../database.ts";
import { seedDemo } from "../demo.ts";
import { CommandError, isProduction, systemCtx, type Terminal } from "../terminal.ts";

export function addSeed(program: Command, terminal: Terminal): void {
  program
    .command("seed")
    .description("fill an empty database with the demo bakery; never in production")
    .action(async () => {
      await withApp(terminal, async (app) => {
        refuseInProduction(app);
        if (!(await isEmpty(app))) throw new CommandError("The database is not empty.");
        await seedDemo(app, terminal.say);
      });
      terminal.say("The demo bakery is ready.");
    });
}

export function refuseInProduction(app: App): void {
  if (isProduction(app.config)) throw new CommandError("The demo is never put into production.");
}

/** Without a site nothing can have been recorded. */
export async function isEmpty(app: App): Promise<boolean> {
  const { data } = await listSites(systemCtx(app), { limit: 1 });
  return data.length === 0;
}
