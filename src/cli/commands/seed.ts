import type { Command } from "commander";
import type { App } from "#platform/context.ts";
import { ownerOf, withApp } from "../database.ts";
import { demoState, seedDemo } from "../demo.ts";
import { CommandError, isProduction, type Terminal } from "../terminal.ts";

export const yearsFlag = ["--years <number>", "with so many years of trade before it"] as const;

export function addSeed(program: Command, terminal: Terminal): void {
  program
    .command("seed")
    .description("fill an empty database with the demo bakery; never in production")
    .option(...yearsFlag)
    .action(async (options: { years?: string }) => {
      const years = yearsOf(options);
      await withApp(terminal, async (app, place) => {
        refuseInProduction(app);
        if (!(await canSeed(app))) {
          throw new CommandError(
            "The database is not empty: the demo goes into an empty one only.",
          );
        }
        await seedDemo(app, terminal.say, { years, owner: ownerOf(place) });
      });
      terminal.say("The demo bakery is ready.");
    });
}

const yearsMax = 50;

export function yearsOf({ years = "0" }: { readonly years?: string }): number {
  const number = Number(years);
  if (years.trim() !== "" && number >= 0 && number <= yearsMax) return number;
  throw new CommandError(`--years takes a number from 0 to ${yearsMax}.`);
}

export function refuseInProduction(app: App): void {
  if (isProduction(app.config)) throw new CommandError("The demo is never put into production.");
}

/** Nothing is there yet, or a demo that was not finished: seeding goes on where it stopped. */
export async function canSeed(app: App): Promise<boolean> {
  const state = await demoState(app);
  return state === "empty" || state === "unfinished";
}
