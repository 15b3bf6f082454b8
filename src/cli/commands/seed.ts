import type { Command } from "commander";
import type { App } from "#platform/context.ts";
import { withApp } from "../database.ts";
import { demoState, seedDemo } from "../demo.ts";
import { CommandError, isProduction, type Terminal } from "../terminal.ts";

export function addSeed(program: Command, terminal: Terminal): void {
  program
    .command("seed")
    .description("fill an empty database with the demo bakery; never in production")
    .action(async () => {
      await withApp(terminal, async (app) => {
        refuseInProduction(app);
        if (!(await canSeed(app))) {
          throw new CommandError(
            "The database is not empty: the demo goes into an empty one only.",
          );
        }
        await seedDemo(app, terminal.say);
      });
      terminal.say("The demo bakery is ready.");
    });
}

export function refuseInProduction(app: App): void {
  if (isProduction(app.config)) throw new CommandError("The demo is never put into production.");
}

/** Nothing is there yet, or a demo that was not finished: seeding goes on where it stopped. */
export async function canSeed(app: App): Promise<boolean> {
  const state = await demoState(app);
  return state === "empty" || state === "unfinished";
}
