import { authorise, authoriseAt, visibleRecordResult } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { decimal, decimalText, ZERO } from "#platform/decimal.ts";
import type { FieldProblem } from "#platform/errors.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { receiptReversed } from "../events.ts";
import { type NewReceiptReversal, Receipt } from "../model/receipt.ts";
import * as reversals from "../queries/reversals.ts";
import { describeShortage, lockBalances, refuseOverdrawn } from "./ledger.ts";
import { momentAfter } from "./moment.ts";
import { readReceipt } from "./read-documents.ts";

export interface ReceiptReversalRequest extends NewReceiptReversal {
  readonly receiptId: string;
  readonly key: string;
}

/**
 * Takes back what remains of a receipt where it came to, or a part of it: each line out of its own
 * layer, held and expired stock too, dated now (domain rules 6). What it settled stays settled.
 * Throws `stock.nothing_left` and `stock.short` (409).
 */
export async function reverseReceipt(
  ctx: Ctx,
  request: ReceiptReversalRequest,
): Promise<CommandResult<Receipt>> {
  authorise(ctx, permission);
  const { receiptId, key, ...body } = request;
  const counts = { name: "receipts_reversed", help: "Receipts reversed, wholly or in part" };
  const command = { route: `receipts/${receiptId}/reverse`, key, body, counts };
  const running = runCommand(ctx, command, async (tx) => {
    await reverse(tx, ctx, request);
    return { status: 200, body: await readReceipt(tx, receiptId) };
  });
  return visibleRecordResult(ctx, { shape: Receipt, permission, ...hidden }, running);
}

const permission = "stock.reverse";
const hidden = { read: "stock.read", missing: errors.documentNotFound } as const;

async function reverse(tx: Tx, ctx: Ctx, request: ReceiptReversalRequest): Promise<void> {
  const { receiptId: documentId, reason = null } = request;
  const head = await reversals.findHead(tx, "receipt", documentId);
  if (head === undefined) throw errors.documentNotFound();
  const { siteId } = head;
  authoriseAt(ctx, permission, siteId, hidden);
  const moment = await momentAfter(tx, ctx, siteId, head.effectiveAt);
  const { effectiveAt, effectiveOn, businessDate } = moment;
  const before = await reversals.listReceiptLinesLeft(tx, documentId);
  await lockBalances(
    tx,
    siteId,
    before.map((line) => line.itemId),
  );
  const lines = choose(await reversals.listReceiptLinesLeft(tx, documentId), request.lines);
  const id = newId();
  const actor = ctx.actor.id;
  const document = { id, documentId, reason, effectiveAt, actor };
  await reversals.insertReversal(tx, { ...document, kind: "receipt" });
  const moved = lines.map((line) => ({ ...line, movementId: newId() }));
  await reversals.reverseReceiptLines(tx, {
    reversalId: id,
    siteId,
    effectiveAt,
    effectiveOn,
    actor,
    lines: moved,
  });
  await refuseOverdrawn(
    tx,
    effectiveAt,
    moved.map((line) => line.movementId),
  );
  await recordDeed(tx, ctx, {
    action: "receipt.reversed",
    subject: { kind: "receipt", id: documentId },
    siteId,
    after: {
      reversalId: id,
      lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    },
  });
  publish(tx, receiptReversed, { siteId, businessDate, subjectId: documentId, payload: {} });
}

type ChosenLine = Omit<reversals.ReturnedLine, "movementId">;

/** What goes back: all that remains, or what was asked for if that much remains. */
function choose(
  remaining: readonly reversals.ReceiptLineLeft[],
  wanted: NewReceiptReversal["lines"],
): ChosenLine[] {
  const some = remaining.filter((line) => !decimal(line.left).eq(ZERO));
  if (some.length === 0) throw errors.nothingLeft();
  if (wanted === undefined) return some.map((line) => ({ ...line, quantity: line.left }));
  const seen = new Set<string>();
  const short: FieldProblem[] = [];
  const chosen = wanted.map(({ lineId, quantity }, index): ChosenLine => {
    const pointer = `/lines/${index}`;
    const line = remaining.find((each) => each.lineId === lineId);
    if (line === undefined) throw errors.lineUnknown(`${pointer}/lineId`);
    if (seen.has(lineId)) throw errors.lineTwice(`${pointer}/lineId`);
    seen.add(lineId);
    const [asked, left] = [decimal(quantity), decimal(line.left)];
    if (asked.gt(left)) {
      short.push(describeShortage({ pointer: `${pointer}/quantity`, wanted: asked, taken: left }));
    }
    return { lineId, layerId: line.layerId, quantity: decimalText(asked) };
  });
  if (short.length > 0) throw errors.stockShort(short);
  return chosen;
}
