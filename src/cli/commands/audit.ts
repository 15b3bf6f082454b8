import type { Command } from "commander";
import { sealAudit } from "#modules/audit/index.ts";
import { withApp } from "../database.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

export function addAudit(program: Command, terminal: Terminal): void {
  program
    .command("audit")
    .description("the record of who did what")
    .command("seal")
    .description("seal what was recorded since the last seal, so that a change shows in verify")
    .action(async () => {
      const { seals, entries, isComplete } = await withApp(terminal, (app) =>
        sealAudit(systemCtx(app)),
      );
      if (!isComplete) {
        throw new CommandError("Somebody is still writing or sealing. Seal again in a moment.");
      }
      terminal.print(`Sealed ${entries} entries under ${seals} seals.`);
    });
}
