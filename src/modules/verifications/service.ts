import { authorise } from "#modules/access/index.ts";
import { sealAudit } from "#modules/audit/index.ts";
import { verifyReceipts } from "#modules/sales/index.ts";
import { verifyStock } from "#modules/stock/index.ts";
import type { Ctx } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import type { VerificationRun } from "./model.ts";
import { findLastRun, insertRun } from "./queries.ts";

/**
 * Verifies the ledger, every till's chain of receipts and the audit's seals, and writes down what came of
 * it (domain rules 3). Books that do not hold are an answer, not an error.
 */
export async function verifyBooks(ctx: Ctx): Promise<VerificationRun> {
  authorise(ctx, "stock.verify", null);
  const startedAt = ctx.now().toISOString();
  await sealAudit(ctx);
  const receipts = await verifyReceipts(ctx);
  const chainHeads = receipts.tills.map(
    (till) => `${till.tillId} ${till.receiptNumber} ${till.receiptHash}`,
  );
  const stock = await verifyStock(ctx, { chainHeads });
  const { hash = null, ...counted } = stock.certificate ?? {};
  const problem = problemOf(stock, receipts);
  const run = {
    id: newId(),
    certificate: problem === null ? hash : null,
    problem,
    counts: { ...counted, receipts: receipts.receipts, tills: receipts.tills.length },
    startedAt,
  };
  return ctx.app.db.withTransaction((tx) => insertRun(tx, run));
}

function problemOf(
  stock: Awaited<ReturnType<typeof verifyStock>>,
  receipts: Awaited<ReturnType<typeof verifyReceipts>>,
): string | null {
  if (stock.broken !== null) {
    const { table, id, problem } = stock.broken;
    return `${table} ${id}: ${problem}`;
  }
  if (receipts.broken === null) return null;
  const { tillId, receiptNumber, problem } = receipts.broken;
  return `receipt ${receiptNumber} of till ${tillId} ${problem}`;
}

/** The last time the books were verified; undefined if never. */
export async function findLastVerification(ctx: Ctx): Promise<VerificationRun | undefined> {
  authorise(ctx, "stock.verify", null);
  return findLastRun(ctx.app.db);
}
