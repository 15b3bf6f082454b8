import { visibleResult } from "#modules/access/index.ts";
import { requireSupplier } from "#modules/catalog/index.ts";
import { minorDigitsOf, postingSettings } from "#modules/settings/index.ts";
import { authoriseSite } from "#modules/sites/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf, inOrder, type Tx } from "#platform/db.ts";
import { decimal, decimalText, moneyText, roundTo } from "#platform/decimal.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { receiptRecorded } from "../events.ts";
import { type NewReceipt, Receipt } from "../model/receipt.ts";
import { insertReceipt, type ReceiptLineRow } from "../queries/receipts.ts";
import { lockBalances, receive } from "./ledger.ts";
import { enterLines, lineAnswer } from "./lines.ts";
import { type Moment, postingMoment } from "./moment.ts";

/**
 * Puts a delivery on the books: each line becomes a lot with one layer, worth its total cost, and
 * what had been sold of it before it came is settled. Throws 422 for what cannot be received.
 */
export async function recordReceipt(
  ctx: Ctx,
  key: string,
  input: NewReceipt,
): Promise<CommandResult<Receipt>> {
  authoriseSite(ctx, "stock.receive", input.siteId);
  const counts = { name: "receipts_recorded", help: "Deliveries put on the books" };
  const command = { route: "receipts", key, body: input, counts };
  try {
    const running = runCommand(ctx, command, async (tx) => ({
      status: 201,
      body: await record(tx, ctx, input),
    }));
    return await visibleResult(ctx, Receipt, running);
  } catch (error) {
    if (constraintOf(error) === "receipts_pkey") throw errors.documentIdTaken(error);
    throw error;
  }
}

async function record(tx: Tx, ctx: Ctx, input: NewReceipt): Promise<Receipt> {
  const { siteId, supplierId = null, reference = null } = input;
  const [moment, settings, , entered] = await inOrder(
    postingMoment(tx, ctx, siteId, input.effectiveAt),
    postingSettings(tx),
    supplierId === null ? Promise.resolve() : requireSupplier(tx, supplierId),
    enterLines(tx, input.lines, { areOutgoing: false }),
  );
  const digits = minorDigitsOf(settings.currency);
  const lines = entered.map((line, index): ReceiptLineRow => {
    const {
      totalCost,
      supplierLot = null,
      expiresOn = null,
    } = input.lines[index] ?? { totalCost: 0 };
    const cost = decimal(totalCost);
    if (!roundTo(cost, digits).eq(cost)) {
      throw errors.amountTooFine(`/lines/${index}/totalCost`, digits);
    }
    const ids = { lotId: newId(), layerId: newId() };
    return { ...line, ...ids, totalCost: decimalText(cost), supplierLot, expiresOn };
  });
  const { effectiveAt, businessDate } = moment;
  const receipt = { id: input.id ?? newId(), siteId, effectiveAt, supplierId, reference };
  const locked = await lockBalances(
    tx,
    siteId,
    lines.map((line) => line.itemId),
  );
  const [recordedAt] = await inOrder(
    insertReceipt(tx, { ...receipt, actor: ctx.actor.id }, lines),
    receive(tx, ctx, postingOf(receipt, moment, lines), locked),
  );
  publish(tx, receiptRecorded, { siteId, businessDate, subjectId: receipt.id, payload: {} });
  const answers = lines.map((line) => toAnswer(line, digits));
  return { ...receipt, recordedAt, lines: answers, reversals: [] };
}

function postingOf(
  receipt: { readonly id: string; readonly siteId: string; readonly supplierId: string | null },
  { effectiveAt, effectiveOn }: Moment,
  lines: readonly ReceiptLineRow[],
) {
  return {
    type: "receipt" as const,
    origin: "receipt" as const,
    siteId: receipt.siteId,
    effectiveAt,
    effectiveOn,
    sourceId: receipt.id,
    supplierId: receipt.supplierId,
    lines: lines.map((line) => ({
      lotId: line.lotId,
      layerId: line.layerId,
      movementId: newId(),
      itemId: line.itemId,
      quantity: line.quantity,
      value: line.totalCost,
      expiresOn: line.expiresOn,
      supplierLot: line.supplierLot,
      sourceLineId: line.id,
    })),
  };
}

function toAnswer(line: ReceiptLineRow, digits: number): Receipt["lines"][number] {
  const { supplierLot, expiresOn, lotId, layerId } = line;
  const totalCost = moneyText(decimal(line.totalCost), digits);
  const answer = { ...lineAnswer(line), totalCost, supplierLot, expiresOn, lotId, layerId };
  return { ...answer, correctedCost: totalCost, reversedQuantity: "0" };
}
