import { authorise } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import { type ChainHead, listChainHeads, listReceipts } from "../queries/receipts.ts";
import { chainHash, receiptContent } from "../rules/receipt.ts";

/** The first receipt of a till that is not what was printed, or is missing. */
export interface BrokenReceipt {
  readonly tillId: string;
  readonly receiptNumber: number;
  readonly problem: string;
}

export interface ReceiptsCertificate {
  readonly tills: readonly ChainHead[];
  readonly receipts: number;
  readonly broken: BrokenReceipt | null;
}

const pageSize = 500;

/**
 * Recomputes every till's chain of receipts from the stored sales: numbers without gaps, each hash
 * over the receipt's content and the hash before it, the last one equal to the till's own.
 */
export async function verifyReceipts(
  ctx: Ctx,
  scope: { readonly siteId?: string } = {},
): Promise<ReceiptsCertificate> {
  authorise(ctx, "stock.verify", null);
  return ctx.app.db.withSnapshot(async (db) => {
    const tills = await listChainHeads(db, scope.siteId);
    let receipts = 0;
    for (const till of tills) {
      const problem = await verifyTill(db, till);
      if (problem) return { tills, receipts, broken: { tillId: till.tillId, ...problem } };
      receipts += till.receiptNumber;
    }
    return { tills, receipts, broken: null };
  });
}

async function verifyTill(
  db: Db,
  till: ChainHead,
): Promise<Omit<BrokenReceipt, "tillId"> | undefined> {
  let number = 0;
  let hash = "";
  for (;;) {
    const page = await listReceipts(db, till.tillId, number, pageSize);
    for (const receipt of page) {
      number += 1;
      if (receipt.receiptNumber !== number) return { receiptNumber: number, problem: "is missing" };
      hash = chainHash(hash, number, receiptContent(receipt, receipt.lines, receipt.payments));
      if (receipt.receiptHash !== hash) {
        return { receiptNumber: number, problem: "does not fit its hash and the one before" };
      }
    }
    if (page.length < pageSize) break;
  }
  if (number === till.receiptNumber && hash === till.receiptHash) return undefined;
  return { receiptNumber: number + 1, problem: "is missing at the end of the chain" };
}
