import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { decimal, decimalText, sum, ZERO } from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import { postReturns, type ReturnPosting, readTakings } from "../queries/returns.ts";
import { type ItemReturn, planReturn } from "../rules/returns.ts";

/** A line of a sale of which some comes back. */
export interface ReturnedLine {
  readonly lineId: string;
  readonly itemId: string;
  /** In the unit it was sold in, like what was sold and the refunds before, first to last. */
  readonly quantity: string;
  readonly sold: string;
  readonly before: readonly string[];
  readonly disposition: "waste" | "restock";
}

export interface SoldReturn {
  readonly refundId: string;
  readonly saleId: string;
  readonly siteId: string;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
  readonly lines: readonly ReturnedLine[];
}

type Takings = Awaited<ReturnType<typeof readTakings>>;

/**
 * Step: gives lines of a sale back to the layers they took, last taken first, after cancelling what
 * they are short of (domain rules 6); what is wasted is written off again at once. Settles no other
 * sale's shortfall, as a void does not. Returns the lines that cannot go back to the shelf, because
 * they were made to order or have expired: then nothing is written. Needs `lockStockOf` before.
 */
export async function returnSold(tx: Tx, ctx: Ctx, request: SoldReturn): Promise<string[]> {
  const { saleId, siteId, lines, effectiveOn } = request;
  if (lines.length === 0) return [];
  const takings = await readTakings(
    tx,
    saleId,
    lines.map((line) => line.lineId),
  );
  const plans = lines.map((line) => ({ line, items: planOf(line, takings) }));
  const unfit = plans.filter(
    ({ line, items }) =>
      line.disposition === "restock" && !isRestockable(line, items, takings, effectiveOn),
  );
  if (unfit.length > 0) return unfit.map(({ line }) => line.lineId);
  const rows = plans.flatMap(({ line, items }) => items.map((item) => rowsOf(line, item)));
  const posting: ReturnPosting = {
    siteId,
    refundId: request.refundId,
    actor: ctx.actor.id,
    effectiveAt: request.effectiveAt,
    effectiveOn,
    movements: rows.flatMap((each) => each.movements),
    allocations: rows.flatMap((each) => each.allocations),
    cancelled: rows.flatMap((each) => each.cancelled),
  };
  if (posting.movements.length + posting.cancelled.length > 0) await postReturns(tx, posting);
  return [];
}

function planOf(line: ReturnedLine, { taken, givenBack, short }: Takings): ItemReturn[] {
  const isOfLine = (each: { readonly lineId: string }) => each.lineId === line.lineId;
  return planReturn({
    sold: decimal(line.sold),
    quantity: decimal(line.quantity),
    before: line.before.map(decimal),
    taken: taken.filter(isOfLine).map((each) => ({ ...each, ...amountsOf(each) })),
    givenBack: new Map(givenBack.filter(isOfLine).map((each) => [each.layerId, amountsOf(each)])),
    short: short.filter(isOfLine).map((each) => ({
      ...each,
      open: decimal(each.open),
      cancelled: decimal(each.cancelled),
    })),
  });
}

function amountsOf(row: { readonly quantity: string; readonly value: string }) {
  return { quantity: decimal(row.quantity), value: decimal(row.value) };
}

function isRestockable(
  line: ReturnedLine,
  items: readonly ItemReturn[],
  { taken }: Takings,
  effectiveOn: string,
): boolean {
  if (items.length === 0 || items.some((item) => item.itemId !== line.itemId)) return false;
  const expiries = new Map(taken.map((each) => [each.layerId, each.expiresOn]));
  return items.every((item) =>
    item.layers.every(({ layerId }) => (expiries.get(layerId) ?? "9999-12-31") >= effectiveOn),
  );
}

/** A movement that brings the stock back and, if it is wasted, the one that takes it out again. */
function rowsOf({ lineId, disposition }: ReturnedLine, { itemId, layers, cancelled }: ItemReturn) {
  const quantity = sum(layers.map((layer) => layer.quantity));
  const value = sum(layers.map((layer) => layer.value));
  const types =
    disposition === "waste" ? (["refund", "refund_waste"] as const) : (["refund"] as const);
  const moved = quantity.eq(ZERO) ? [] : types.map((type) => ({ id: newId(), type }));
  const signed = (type: string, text: string) => (type === "refund" ? text : negated(text));
  return {
    movements: moved.map(({ id, type }) => ({
      id,
      type,
      itemId,
      lineId,
      quantity: signed(type, decimalText(quantity)),
      value: signed(type, decimalText(value)),
    })),
    allocations: moved.flatMap(({ id, type }) =>
      layers.map((layer) => ({
        movementId: id,
        layerId: layer.layerId,
        quantity: signed(type, decimalText(layer.quantity)),
        value: signed(type, decimalText(layer.value)),
      })),
    ),
    cancelled: cancelled.map((each) => ({ id: each.id, quantity: decimalText(each.quantity) })),
  };
}

function negated(text: string): string {
  return decimalText(ZERO.minus(decimal(text)));
}
