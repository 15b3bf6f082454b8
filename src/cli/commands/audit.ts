import type { Command } from "commander";
import { checkCopies, sealAudit, sendMissing } from "#modules/audit/index.ts";
import type { App } from "#platform/context.ts";
import { withApp } from "../database.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

export function addAudit(program: Command, terminal: Terminal): void {
  const audit = program.command("audit").description("the record of who did what");
  audit
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
  audit
    .command("copies")
    .description("say how many entries have a copy outside of the database")
    .option("--send", "send those that have none")
    .option("--check", "read every copy and compare it with its entry")
    .action((options: CopiesOptions) => withApp(terminal, (app) => copies(terminal, app, options)));
}

interface CopiesOptions {
  readonly send?: boolean;
  readonly check?: boolean;
}

async function copies(terminal: Terminal, app: App, { send, check }: CopiesOptions): Promise<void> {
  const ctx = systemCtx(app);
  if (send === true) {
    const sent = await sendMissing(ctx, (count) => terminal.progress(`${count} sent`));
    terminal.say(`Sent ${sent} entries.`);
  }
  const proof = await checkCopies(ctx, { isRead: check === true });
  terminal.print(`${proof.copies} entries have a copy, ${proof.missing} have none.`);
  if (proof.broken !== null) {
    throw new CommandError(`The copy of entry ${proof.broken.entryId} ${proof.broken.problem}.`);
  }
  if (check === true) terminal.print("Every copy is what its entry says.");
}
