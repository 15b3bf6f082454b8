import type { Command } from "commander";
import { CommandError, type Terminal } from "../terminal.ts";

export function addImport(program: Command, _terminal: Terminal): void {
  program
    .command("import")
    .description("take over the data file (bakery_data.json) of an older bakery app")
    .argument("<file>", "the data file")
    .option("--dry-run", "only report what would happen")
    .action(() => {
      throw new CommandError("The import is not written yet.");
    });
}
