import type { Command } from "commander";
import { verifyStock } from "#modules/stock/index.ts";
import { withApp } from "../database.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

export function addVerify(program: Command, terminal: Terminal): void {
  program
    .command("verify")
    .description(
      "recompute the books from the ledger; prints the certificate or the first broken row",
    )
    .option("--site <id>", "only the books of this site")
    .option("--json", "print the answer as JSON")
    .action(async ({ site: siteId, json }: { site?: string; json?: boolean }) => {
      const scope = siteId === undefined ? {} : { siteId };
      const answer = await withApp(terminal, (app) => verifyStock(systemCtx(app), scope));
      if (json === true) terminal.print(JSON.stringify(answer, null, 2));
      if (answer.broken !== null) {
        const { table, id, problem, expected, actual } = answer.broken;
        const detail = expected === null ? "" : ` (expected ${expected}, found ${actual})`;
        throw new CommandError(`The books do not hold: ${table} ${id}: ${problem}${detail}`);
      }
      if (json === true || answer.certificate === null) return;
      const { hash, ...rows } = answer.certificate;
      const counts = Object.entries(rows).map(([name, count]) => `${count} ${name}`);
      terminal.print(`The books hold: ${counts.join(", ")}.`);
      terminal.print(`Certificate ${hash}`);
    });
}
