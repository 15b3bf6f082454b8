import type { Command } from "commander";
import { validate } from "uuid";
import { sealAudit } from "#modules/audit/index.ts";
import { verifyReceipts } from "#modules/sales/index.ts";
import { getSite } from "#modules/sites/index.ts";
import { verifyStock } from "#modules/stock/index.ts";
import type { App, Ctx } from "#platform/context.ts";
import { withApp } from "../database.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

interface VerifyOptions {
  readonly site?: string;
  readonly json?: boolean;
}

export function addVerify(program: Command, terminal: Terminal): void {
  program
    .command("verify")
    .description(
      "recompute the books, the tills' receipts and the audit; prints the certificate or what broke",
    )
    .option("--site <id>", "only the books of this site")
    .option("--json", "print the answer as JSON")
    .action(async (options: VerifyOptions) => {
      const answer = await withApp(terminal, (app) => verifyAll(app, options.site));
      if (options.json === true) terminal.print(JSON.stringify(answer, null, 2));
      const problem = problemOf(answer);
      if (problem !== undefined) throw new CommandError(`The books do not hold: ${problem}`);
      if (options.json !== true) for (const line of answerLines(answer)) terminal.print(line);
    });
}

type Answer = Awaited<ReturnType<typeof verifyAll>>;

/**
 * The tills' chain heads go into the certificate, so that it stands for the receipts as well. For
 * the whole company the audit is sealed first, so that it stands for all that was done until now.
 */
export async function verifyAll(app: App, siteId: string | undefined) {
  const ctx = systemCtx(app);
  if (siteId === undefined) await sealAudit(ctx);
  else await requireKnown(ctx, siteId);
  const scope = siteId === undefined ? {} : { siteId };
  const receipts = await verifyReceipts(ctx, scope);
  const heads = receipts.tills.map(
    (till) => `${till.tillId} ${till.receiptNumber} ${till.receiptHash}`,
  );
  const stock = await verifyStock(ctx, { ...scope, chainHeads: heads });
  return { stock, receipts };
}

// Of a site that is not there nothing can be broken: a typing error must not look like a proof.
async function requireKnown(ctx: Ctx, siteId: string): Promise<void> {
  if (!validate(siteId)) throw new CommandError("--site takes the id of a site.");
  await getSite(ctx, siteId);
}

/** What is wrong, for a person; undefined if nothing is. */
export function problemOf({ stock, receipts }: Answer): string | undefined {
  if (stock.broken !== null) {
    const { table, id, problem, expected, actual } = stock.broken;
    const detail =
      expected === null || expected === undefined ? "" : ` (expected ${expected}, found ${actual})`;
    return `${table} ${id}: ${problem}${detail}`;
  }
  if (receipts.broken === null) return undefined;
  const { tillId, receiptNumber, problem } = receipts.broken;
  return `receipt ${receiptNumber} of till ${tillId} ${problem}`;
}

export function answerLines({ stock, receipts }: Answer): string[] {
  if (stock.certificate === null) return [];
  const { hash, ...rows } = stock.certificate;
  const counts = Object.entries(rows).map(([name, count]) => `${count} ${name}`);
  const chains = `${receipts.receipts} receipts of ${receipts.tills.length} tills`;
  return [`The books hold: ${[...counts, chains].join(", ")}.`, `Certificate ${hash}`];
}
