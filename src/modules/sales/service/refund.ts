import { visibleRecordResult } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { tillUnknown } from "#modules/sites/index.ts";
import { lockStockOf, type Moment, momentAfter, returnSold } from "#modules/stock/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { inOrder, type Tx } from "#platform/db.ts";
import { type Decimal, decimal, decimalText, moneyText, sum, ZERO } from "#platform/decimal.ts";
import { invariant } from "#platform/errors.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { saleRefunded } from "../events.ts";
import { type NewRefund, Refund } from "../model/refund.ts";
import { findRefundable, type Refundable } from "../queries/refundable.ts";
import { findRefund, insertRefund, type RefundLineRow } from "../queries/refunds.ts";
import type { Tender } from "../rules/pricing.ts";
import { heldBy, payableWith, payBack, refundAmounts } from "../rules/refund.ts";
import { checkAmount } from "./price.ts";
import { authoriseUndo, lockUndoable, replaying } from "./undo.ts";

export interface RefundRequest {
  readonly saleId: string;
  readonly key: string;
  readonly input: NewRefund;
}

/**
 * Gives part of a sale back, dated now (domain rules 6): amounts from the stored lines, the money
 * the way it was paid unless the input says how, the stock to the layers it came from, by default
 * to be written off at once. All refunds of a line together equal it exactly. Throws
 * `sales.refund_too_much`, `sales.not_restockable`, `sales.voided` and `sales.history` (409), and
 * `access.forbidden` (403) without the permission or an approval.
 */
export async function refundSale(ctx: Ctx, request: RefundRequest): Promise<CommandResult<Refund>> {
  const { saleId, key } = request;
  const { approvalId, ...input } = request.input;
  const undoing = { saleId, permission: "sales.refund", approvalId } as const;
  authoriseUndo(ctx, undoing);
  const counts = { name: "sales_refunded", help: "Refunds of sales" };
  // The approval is no part of what is done: a replay needs none, nor the same.
  const command = { route: `sales/${saleId}/refunds`, key, body: input, counts };
  const running = runCommand(ctx, command, async (tx) => {
    const { siteId, approverId } = await lockUndoable(tx, ctx, undoing);
    await lockStockOf(tx, siteId, saleId);
    const sale = await findRefundable(tx, saleId, input.tillId);
    invariant(sale, "the sale was locked in this transaction");
    if (sale.kind === "history") throw errors.historyIsFixed();
    if (sale.isVoided) throw errors.alreadyVoided();
    if (input.tillId !== undefined && !sale.hasTill) throw tillUnknown();
    const moment = await momentAfter(tx, ctx, sale.siteId, sale.latestAt);
    const refund = await record(tx, ctx, { saleId, input, sale, moment });
    const { id: refundId, total } = refund;
    const after = { refundId, total, ...(approverId === undefined ? {} : { approverId }) };
    const subject = { kind: "sale", id: saleId };
    await recordDeed(tx, ctx, { action: "sale.refunded", subject, siteId, after });
    const { businessDate } = moment;
    publish(tx, saleRefunded, { siteId, businessDate, subjectId: saleId, payload: { refundId } });
    return { status: 201, body: refund };
  });
  return visibleRecordResult(ctx, { shape: Refund, ...replaying(undoing) }, running);
}

interface Refunding {
  readonly saleId: string;
  readonly input: NewRefund;
  readonly sale: Refundable;
  readonly moment: Moment;
}

async function record(tx: Tx, ctx: Ctx, refunding: Refunding): Promise<Refund> {
  const { saleId, input, sale, moment } = refunding;
  const { siteId, number, currency, minorDigits } = sale;
  const { effectiveAt, businessDate } = moment;
  const refundId = newId();
  const lines = refundLines(input, sale);
  const total = sum(lines.map((line) => decimal(line.total)));
  const payments = paymentsOf(refunding, total, lines);
  await giveStockBack(tx, ctx, refunding, refundId);
  const money = (value: Decimal) => moneyText(value, minorDigits);
  const totalOf = (column: "net" | "tax") => money(sum(lines.map((line) => decimal(line[column]))));
  const row = {
    id: refundId,
    siteId,
    saleId,
    number,
    tillId: input.tillId ?? null,
    reason: input.reason,
    businessDate,
    refundedAt: effectiveAt,
    actor: ctx.actor.id,
    currency,
    minorDigits,
    net: totalOf("net"),
    tax: totalOf("tax"),
    total: money(total),
    rounding: money(sum(payments.map((each) => each.amount)).minus(total)),
  };
  const paid = payments.map(({ method, amount }) => ({ method, amount: money(amount) }));
  const [, refund] = await inOrder(insertRefund(tx, row, lines, paid), findRefund(tx, refundId));
  invariant(refund, "the refund was written in this transaction");
  return refund;
}

function refundLines(input: NewRefund, sale: Refundable): RefundLineRow[] {
  const seen = new Set<string>();
  return input.lines.map(({ lineId, quantity, disposition = "waste" }, index) => {
    const line = sale.lines.find((each) => each.id === lineId);
    if (line === undefined) throw errors.lineUnknown(index);
    if (seen.has(lineId)) throw errors.lineTwice(index);
    seen.add(lineId);
    const [wanted, left] = [decimal(quantity), decimal(line.quantity)];
    if (wanted.gt(left)) throw errors.refundTooMuch(index, decimalText(left));
    const rest = {
      quantity: left,
      gross: decimal(line.gross),
      discount: decimal(line.discount),
      tax: decimal(line.tax),
    };
    const amounts = refundAmounts(rest, wanted, sale);
    const money = (value: Decimal) => moneyText(value, sale.minorDigits);
    return {
      id: newId(),
      lineId,
      itemId: line.itemId,
      name: line.name,
      quantity: decimalText(wanted),
      unit: line.unit,
      unitPrice: line.unitPrice,
      disposition,
      gross: money(amounts.gross),
      discount: money(amounts.discount),
      taxCode: line.taxCode,
      taxRate: line.taxRate,
      net: money(amounts.net),
      tax: money(amounts.tax),
      total: money(amounts.total),
    };
  });
}

function paymentsOf(
  { input, sale }: Refunding,
  total: Decimal,
  lines: readonly RefundLineRow[],
): Tender[] {
  const cashStep = sale.cashStep === null ? undefined : decimal(sale.cashStep);
  if (input.payments === undefined) {
    const tenders = (isBack: boolean) =>
      sale.moneys.filter((each) => each.isBack === isBack).map(toTender);
    const held = heldBy(tenders(false), decimal(sale.change), tenders(true));
    return payBack({ total, isFinal: isFinal(sale, lines), held, cashStep });
  }
  input.payments.forEach(({ amount }, index) => {
    checkAmount(amount, sale.minorDigits, `/payments/${index}/amount`);
  });
  const given = input.payments.map(toTender);
  const payable = payableWith(total, given, cashStep);
  if (!sum(given.map((each) => each.amount)).eq(payable)) {
    throw errors.refundPaymentsDiffer(moneyText(payable, sale.minorDigits));
  }
  return given;
}

function toTender({ method, amount }: { method: Tender["method"]; amount: string | number }) {
  return { method, amount: decimal(amount) };
}

/** Nothing is left of the sale after this refund. */
function isFinal(sale: Refundable, lines: readonly RefundLineRow[]): boolean {
  const back = new Map(lines.map((line) => [line.lineId, decimal(line.quantity)]));
  return sale.lines.every((line) => decimal(line.quantity).eq(back.get(line.id) ?? ZERO));
}

async function giveStockBack(
  tx: Tx,
  ctx: Ctx,
  { saleId, input, sale, moment }: Refunding,
  refundId: string,
): Promise<void> {
  const { effectiveAt, effectiveOn } = moment;
  const unfit = await returnSold(tx, ctx, {
    refundId,
    saleId,
    siteId: sale.siteId,
    effectiveAt,
    effectiveOn,
    lines: input.lines.flatMap(({ lineId, quantity, disposition = "waste" }) => {
      const line = sale.lines.find((each) => each.id === lineId);
      if (line === undefined || disposition === "none") return [];
      const { itemId, sold, before } = line;
      return [
        { lineId, itemId, quantity: decimalText(decimal(quantity)), sold, before, disposition },
      ];
    }),
  });
  if (unfit.length === 0) return;
  throw errors.notRestockable(input.lines.findIndex(({ lineId }) => unfit.includes(lineId)));
}
