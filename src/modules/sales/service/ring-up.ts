import { visibleResult } from "#modules/access/index.ts";
import { authoriseSite, takeReceiptNumber } from "#modules/sites/index.ts";
import {
  type ConsumePosting,
  consume,
  type IssuedLine,
  lockAndConsume,
  lockBalances,
  recordShortfalls,
  refuseShort,
} from "#modules/stock/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf, inOrder, type Tx } from "#platform/db.ts";
import { type Decimal, decimal, decimalText, moneyText, ZERO } from "#platform/decimal.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { saleRecorded } from "../events.ts";
import { type NewSale, Sale, type SaleLine } from "../model/sale.ts";
import { insertSale, type SaleLineRow } from "../queries/write.ts";
import { receiptContent } from "../rules/receipt.ts";
import { explodeLines, type Want } from "./explode.ts";
import { type PricedSale, priceSale } from "./price.ts";

/**
 * Rings up a sale: stock, cost, tax, payment and receipt number in one transaction (domain rules
 * 8). The sale's id is its idempotency key. Made-to-order items take their ingredients. What is not
 * on the books is refused (`stock.short`, 409), or with `onShort: record` sold through as a
 * shortfall that the next receipt, run or count settles (domain rules 5).
 */
export async function ringUpSale(ctx: Ctx, input: NewSale): Promise<CommandResult<Sale>> {
  authoriseSite(ctx, "sales.ring_up", input.siteId);
  const counts = { name: "sales_rung_up", help: "Sales rung up" };
  const command = { route: "sales", key: input.id, body: input, counts };
  try {
    const running = runCommand(ctx, command, async (tx) => {
      const priced = await priceSale(tx, ctx, input);
      return { status: 201, body: await record(tx, ctx, input, priced) };
    });
    return await visibleResult(ctx, Sale, running);
  } catch (error) {
    if (constraintOf(error) === "sales_pkey") throw errors.saleIdTaken(error);
    throw error;
  }
}

async function record(tx: Tx, ctx: Ctx, input: NewSale, priced: PricedSale): Promise<Sale> {
  const { sale, lines, payments } = priced;
  const wants = await explodeLines(tx, priced);
  // Sent together: no statement needs the answer of the one before, only its effect. The stock
  // comes last, so that other tills wait for a hot product's balance no longer than they must.
  const [, recorded, issued] = await inOrder(
    sale.tillId === null
      ? Promise.resolve()
      : takeReceiptNumber(tx, sale.tillId, receiptContent(sale, lines, payments)),
    insertSale(tx, sale, lines, payments),
    takeStock(tx, ctx, priced, wants),
  );
  if (input.onShort !== "record") refuseShort(wants, issued);
  const shortOf = await recordShort(tx, priced, wants, issued);
  const costs = costsByLine(wants, issued);
  const { siteId, businessDate } = sale;
  publish(tx, saleRecorded, { siteId, businessDate, subjectId: sale.id, payload: {} });
  return {
    id: sale.id,
    kind: sale.kind,
    siteId: sale.siteId,
    tillId: sale.tillId,
    receiptNumber: recorded?.receiptNumber ?? null,
    receiptHash: recorded?.receiptHash ?? null,
    foreignNumber: null,
    businessDate: sale.businessDate,
    soldAt: sale.soldAt,
    recordedAt: recorded?.recordedAt ?? sale.soldAt,
    status: "completed",
    currency: sale.currency,
    lines: lines.map((line) => toLine(line, costs.get(line.id), shortOf.get(line.id))),
    net: sale.net,
    tax: sale.tax,
    total: sale.total,
    payments: [...payments],
    change: sale.change,
    rounding: sale.rounding,
    refundedTotal: moneyText(ZERO, sale.minorDigits),
    version: 1,
  };
}

async function takeStock(
  tx: Tx,
  ctx: Ctx,
  { sale, effectiveOn }: PricedSale,
  wants: readonly Want[],
): Promise<IssuedLine[]> {
  if (wants.length === 0) return [];
  const posting: ConsumePosting = {
    type: "sale",
    siteId: sale.siteId,
    effectiveAt: sale.soldAt,
    effectiveOn,
    sourceId: sale.id,
    eligibility: "eligible",
    allowShort: true,
    lines: wants,
  };
  if (wants.every((want) => want.hasBalance)) return lockAndConsume(tx, ctx, posting);
  await lockBalances(
    tx,
    sale.siteId,
    wants.map((want) => want.itemId),
  );
  return consume(tx, ctx, posting);
}

async function recordShort(
  tx: Tx,
  { sale }: PricedSale,
  wants: readonly Want[],
  issued: readonly IssuedLine[],
): Promise<Map<string, Decimal>> {
  const shortOf = new Map<string, Decimal>();
  const rows = issued.flatMap((line, index) => {
    const missing = decimal(line.wanted).minus(decimal(line.quantity));
    const sourceLineId = wants[index]?.sourceLineId;
    if (missing.eq(ZERO) || sourceLineId === undefined) return [];
    shortOf.set(sourceLineId, (shortOf.get(sourceLineId) ?? ZERO).plus(missing));
    return [{ id: newId(), itemId: line.itemId, quantity: decimalText(missing), sourceLineId }];
  });
  if (rows.length === 0) return shortOf;
  await recordShortfalls(tx, {
    siteId: sale.siteId,
    sourceId: sale.id,
    effectiveAt: sale.soldAt,
    lines: rows,
  });
  return shortOf;
}

function costsByLine(wants: readonly Want[], issued: readonly IssuedLine[]): Map<string, Decimal> {
  const costs = new Map<string, Decimal>();
  issued.forEach((line, index) => {
    const id = wants[index]?.sourceLineId ?? "";
    costs.set(id, (costs.get(id) ?? ZERO).plus(decimal(line.value)));
  });
  return costs;
}

function toLine(
  line: SaleLineRow,
  cost: Decimal | undefined,
  short: Decimal | undefined,
): SaleLine {
  return {
    id: line.id,
    itemId: line.itemId,
    name: line.name,
    quantity: line.quantity,
    unit: line.unit,
    unitPrice: line.unitPrice,
    gross: line.gross,
    discount: line.discount,
    taxCode: line.taxCode,
    taxRate: line.taxRate,
    net: line.net,
    tax: line.tax,
    total: line.total,
    cost: cost === undefined ? null : decimalText(cost),
    costPending: short !== undefined,
    shortQuantity: decimalText(short ?? ZERO),
    refundedQuantity: "0",
  };
}
