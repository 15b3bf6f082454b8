import type { Command } from "commander";
import { erasePerson, findPersonToErase } from "#modules/accounts/index.ts";
import { removePersonFromTills } from "#modules/devices/index.ts";
import { withApp } from "../database.ts";
import { systemCtx, type Terminal } from "../terminal.ts";

export function addErasePerson(program: Command, terminal: Terminal): void {
  program
    .command("erase-person")
    .description("replace somebody's name and address; what they did stays on the books")
    .argument("<person>", "the id or the e-mail address")
    .option("--yes", "do it; without it the command only says what it would do")
    .action(async (person: string, options: { readonly yes?: boolean }) => {
      await withApp(terminal, async (app) => {
        const ctx = systemCtx(app);
        const account = await findPersonToErase(ctx, person);
        const roles = account.memberships.map(({ role }) => role).join(", ") || "no role";
        if (options.yes !== true) {
          terminal.print(`Would erase ${account.name}, ${account.email} (${roles}): ${account.id}`);
          terminal.say("Nothing was changed. --yes does it; there is no way back.");
          return;
        }
        await erasePerson(ctx, account, (tx) => removePersonFromTills(tx, account.id));
        terminal.print(`Erased ${account.id}.`);
      });
    });
}
