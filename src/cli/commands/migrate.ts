import type { Command } from "commander";
import { migratePlace, openPlace } from "../database.ts";
import type { Terminal } from "../terminal.ts";

export function addMigrate(program: Command, terminal: Terminal): void {
  program
    .command("migrate")
    .description("bring the database's schema up to date, as its owner")
    .addHelpText(
      "after",
      "\nConnects by MIGRATE_DATABASE_URL (default DATABASE_URL), or starts the embedded server.",
    )
    .action(async () => {
      const place = await openPlace(terminal);
      try {
        const count = await migratePlace(terminal, place);
        terminal.say(count === 0 ? "The schema is current." : `Applied ${count} migration(s).`);
      } finally {
        await place.leave();
      }
    });
}
