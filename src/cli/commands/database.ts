import type { Command } from "commander";
import { openPlace } from "../database.ts";
import { CommandError, type Terminal } from "../terminal.ts";

export function addDatabase(program: Command, terminal: Terminal): void {
  program
    .command("database")
    .description("run only the embedded PostgreSQL and print its addresses, for psql and restores")
    .action(async () => {
      const place = await openPlace(terminal);
      if (place.embedded === undefined) {
        throw new CommandError("DATABASE_URL is set: that database is not ours to run.");
      }
      terminal.print(`as its owner:    ${place.ownerUrl}`);
      terminal.print(`as the app:      ${place.appUrl}`);
      terminal.say("Ctrl-C stops it.");
      terminal.onForce(() => place.embedded?.interrupt());
      await terminal.stopped;
      await place.leave();
    });
}
