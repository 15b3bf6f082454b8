import type { Command } from "commander";
import { type Retention, retain, retentionDefaults } from "#modules/accounts/index.ts";
import { withApp } from "../database.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

const kinds: Readonly<Record<keyof Retention, string>> = {
  sessions: "sessions that ended",
  verifications: "states of sign-ins that were not finished",
  failures: "failed sign-ins",
  addresses: "addresses somebody signed in from",
  invitations: "invitations that are over: their e-mail addresses",
};

const names = Object.keys(kinds) as (keyof Retention)[];
const daysMax = 3_650;

type RetainOptions = { readonly dryRun?: boolean } & Readonly<Record<keyof Retention, string>>;

export function addRetain(program: Command, terminal: Terminal): void {
  const command = program
    .command("retain")
    .description("remove personal data that is over and older than so many days")
    .option("--dry-run", "say what would be removed, and change nothing");
  for (const name of names) {
    command.option(`--${name} <days>`, kinds[name], String(retentionDefaults[name]));
  }
  command.action(async (options: RetainOptions) => {
    const days = daysOf(options);
    const isDry = options.dryRun === true;
    const counts = await withApp(terminal, (app) => retain(systemCtx(app), { days, isDry }));
    for (const name of names) terminal.print(`${counts[name]} ${kinds[name]}`);
    if (isDry) terminal.say("Nothing was changed.");
  });
}

function daysOf(options: RetainOptions): Retention {
  const entries = names.map((name) => {
    const days = Number(options[name]);
    if (options[name].trim() !== "" && days >= 0 && days <= daysMax) return [name, days] as const;
    throw new CommandError(`--${name} takes a number of days from 0 to ${daysMax}.`);
  });
  return Object.fromEntries(entries) as unknown as Retention;
}
