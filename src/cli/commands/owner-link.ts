import type { Command } from "commander";
import { makeOwnerLink } from "#modules/accounts/index.ts";
import { withApp } from "../database.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

export function addOwnerLink(program: Command, terminal: Terminal): void {
  program
    .command("owner-link")
    .description(
      "print the link that creates the owner, once, within 24 hours; while there is none",
    )
    .action(async () => {
      const link = await withApp(terminal, async (app) => {
        const path = await makeOwnerLink(systemCtx(app));
        return path === undefined ? undefined : `${app.config.publicUrl}${path}`;
      });
      if (link === undefined) throw new CommandError("There is an owner: they invite the others.");
      terminal.print(link);
    });
}
