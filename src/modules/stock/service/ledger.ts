import type { Ctx } from "#platform/context.ts";
import { inOrder, type Tx } from "#platform/db.ts";
import { decimal, decimalText, ZERO } from "#platform/decimal.ts";
import type { FieldProblem } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import * as balances from "../queries/balances.ts";
import { listLineAdjustments } from "../queries/cost-adjustments.ts";
import {
  type IssuedLine,
  type IssueLine,
  type IssuePosting,
  issueStock,
} from "../queries/issue.ts";
import * as mirrors from "../queries/mirror.ts";
import { type ReceivePosting, receiveStock } from "../queries/receive.ts";
import { areRefunded } from "../queries/returns.ts";
import * as shortfalls from "../queries/shortfalls.ts";
import { isOverdrawnSince } from "../queries/since.ts";
import { undoAdjustments } from "./cost-adjustments.ts";
import { momentAfter } from "./moment.ts";

export type { IssuedLine };

/**
 * Step: locks the balances of items at a site in the one order everybody uses, creating those that
 * are missing. Must come before `consume`, `receive`, `mirror` and `settle`, as a statement of its
 * own.
 */
export async function lockBalances(
  tx: Tx,
  siteId: string,
  itemIds: readonly string[],
): Promise<Map<string, balances.BalanceRow>> {
  const wanted = [...new Set(itemIds)].sort();
  const locked = new Map<string, balances.BalanceRow>();
  const add = (rows: readonly balances.BalanceRow[]) => {
    for (const row of rows) locked.set(row.itemId, row);
  };
  add(await balances.lockBalances(tx, siteId, wanted));
  const missing = wanted.filter((itemId) => !locked.has(itemId));
  if (missing.length > 0) {
    // Created out of order these could deadlock with a twin; then one of the two runs again.
    await balances.createBalances(tx, siteId, missing);
    add(await balances.lockBalances(tx, siteId, missing));
  }
  return locked;
}

export interface ConsumePosting extends Omit<IssuePosting, "actor" | "lines"> {
  readonly lines: readonly (IssueLine & { readonly pointer?: string })[];
  /** Take what there is and leave the rest to the caller, instead of refusing. */
  readonly allowShort: boolean;
}

/**
 * Step: takes stock by the item's order (FIFO, or FEFO by category), one allocation a layer, and
 * says what each line took and cost. Throws `stock.short` (409) with one entry an item unless short
 * is allowed.
 */
export async function consume(tx: Tx, ctx: Ctx, posting: ConsumePosting): Promise<IssuedLine[]> {
  const issued = await issueStock(tx, { ...posting, actor: ctx.actor.id });
  if (!posting.allowShort) refuseShort(posting.lines, issued);
  return issued;
}

/**
 * Step: `consume` together with the lock before it, sent without waiting in between. Only for items
 * whose balances are known to exist: a balance is never deleted, so none is missed by the lock.
 */
export async function lockAndConsume(
  tx: Tx,
  ctx: Ctx,
  posting: ConsumePosting,
): Promise<IssuedLine[]> {
  const itemIds = [...new Set(posting.lines.map((line) => line.itemId))].sort();
  const [, issued] = await inOrder(
    balances.lockBalances(tx, posting.siteId, itemIds),
    consume(tx, ctx, posting),
  );
  return issued;
}

/** Throws `stock.short` if some line got less than it wanted. */
export function refuseShort(
  lines: readonly { readonly itemId: string; readonly pointer?: string }[],
  issued: readonly IssuedLine[],
): void {
  const problems = new Map<string, { pointer: string; wanted: typeof ZERO; taken: typeof ZERO }>();
  let isShort = false;
  issued.forEach((line, index) => {
    const entry = problems.get(line.itemId) ?? {
      pointer: lines[index]?.pointer ?? `/lines/${index}`,
      wanted: ZERO,
      taken: ZERO,
    };
    entry.wanted = entry.wanted.plus(decimal(line.wanted));
    entry.taken = entry.taken.plus(decimal(line.quantity));
    problems.set(line.itemId, entry);
    isShort ||= !decimal(line.wanted).eq(decimal(line.quantity));
  });
  if (!isShort) return;
  const short = [...problems.values()].filter(({ wanted, taken }) => !wanted.eq(taken));
  throw errors.stockShort(short.map(describeShortage));
}

/** The entry of `stock.short` for one item or line. */
export function describeShortage(item: {
  readonly pointer: string;
  readonly wanted: typeof ZERO;
  readonly taken: typeof ZERO;
}): FieldProblem {
  const missing = decimalText(item.wanted.minus(item.taken));
  const [wanted, taken] = [decimalText(item.wanted), decimalText(item.taken)];
  const message = `${wanted} needed, ${taken} available, ${missing} short.`;
  return { pointer: item.pointer, code: "stock.short", message };
}

/**
 * Step: puts new lots on the books, then settles what had been sold of these items before they
 * came.
 */
export async function receive(
  tx: Tx,
  ctx: Ctx,
  posting: Omit<ReceivePosting, "actor">,
  locked: ReadonlyMap<string, balances.BalanceRow>,
): Promise<void> {
  await receiveStock(tx, { ...posting, actor: ctx.actor.id });
  const short = posting.lines
    .map((line) => line.itemId)
    .filter((itemId) => !decimal(locked.get(itemId)?.shortQuantity ?? "0").eq(ZERO));
  if (short.length > 0) await settle(tx, ctx, posting.siteId, [...new Set(short)], posting);
}

/**
 * Step: settles open shortfalls of items, oldest first, from layers that may be sold. Dated now, or
 * with what brought the stock if that is dated later (domain rules 5).
 */
export async function settle(
  tx: Tx,
  ctx: Ctx,
  siteId: string,
  itemIds: readonly string[],
  cause: { readonly effectiveAt: string },
): Promise<void> {
  const open = await shortfalls.listOpenShortfalls(tx, siteId, itemIds);
  if (open.length === 0) return;
  const { effectiveAt, effectiveOn } = await momentAfter(tx, ctx, siteId, cause.effectiveAt);
  const issued = await consume(tx, ctx, {
    type: "settlement",
    siteId,
    effectiveAt,
    effectiveOn,
    sourceId: "",
    eligibility: "eligible",
    allowShort: true,
    lines: open.map(({ itemId, openQuantity, sourceId, sourceLineId }) => ({
      movementId: newId(),
      itemId,
      quantity: openQuantity,
      sourceId,
      sourceLineId,
    })),
  });
  const settled: shortfalls.Settlement[] = [];
  issued.forEach(({ movementId, quantity }, index) => {
    const shortfallId = open[index]?.id;
    if (shortfallId && !decimal(quantity).eq(ZERO)) {
      settled.push({ movementId, shortfallId, quantity });
    }
  });
  if (settled.length > 0) await shortfalls.recordSettlements(tx, settled);
}

/** Step: writes down what was sold but is not on the books (domain rules 5). */
export async function recordShortfalls(tx: Tx, sale: shortfalls.ShortSale): Promise<void> {
  await shortfalls.insertShortfalls(tx, sale);
}

export interface MirrorRequest {
  readonly type: mirrors.MirrorType;
  readonly movementIds: readonly string[];
  readonly sourceId: string;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
}

/**
 * Step: mirror movements, every allocation back to (or out of) its own layer, same quantity and
 * value; of a sale, what late prices added to it goes back too. Returns which new movement reverses
 * which. Throws `stock.not_whole` (409) when something that came in by these movements was used.
 */
export async function mirror(tx: Tx, ctx: Ctx, request: MirrorRequest): Promise<mirrors.Mirror[]> {
  const { movementIds, ...posting } = request;
  if (movementIds.length === 0) return [];
  const touched = await mirrors.listTouchedLayers(tx, movementIds);
  if (touched.length > 0) throw errors.stockNotWhole();
  const { type } = posting;
  const isOfSale = type === "void" || type === "settlement_reversal";
  const added = isOfSale ? await listLineAdjustments(tx, movementIds) : [];
  const pairs = movementIds.map((reverses) => ({ movementId: newId(), reverses }));
  await mirrors.mirrorMovements(tx, { ...posting, actor: ctx.actor.id, mirrors: pairs });
  if (isOfSale) await undoAdjustments(tx, ctx, { ...posting, type }, added);
  else await refuseOverdrawn(tx, posting.effectiveAt, movementIds);
  return pairs;
}

/**
 * Step: throws `stock.not_whole` (409) if a reversal just written took out what others, dated back,
 * have relied on: then less than nothing was on hand at some time since. It takes two clocks that
 * disagree, and succeeds a moment later.
 */
export async function refuseOverdrawn(
  tx: Tx,
  effectiveAt: string,
  movementIds: readonly string[],
): Promise<void> {
  if (await isOverdrawnSince(tx, effectiveAt, movementIds)) throw errors.stockNotWhole();
}

/**
 * Step: undoes the settlements that took from these layers and reopens their shortfalls (domain
 * rules 5). What they took from other layers goes back too; call `settle` when the layers are gone.
 * Throws `stock.not_whole` (409) if a refund has given some of it back.
 */
export async function reopenSettlements(
  tx: Tx,
  ctx: Ctx,
  layerIds: readonly string[],
  moment: { readonly effectiveAt: string; readonly effectiveOn: string },
): Promise<void> {
  const found = await shortfalls.listSettlementsOfLayers(tx, layerIds);
  const settled = found.map((each) => each.movementId);
  if (settled.length > 0 && (await areRefunded(tx, settled))) throw errors.stockNotWhole();
  const reopened: shortfalls.Settlement[] = [];
  for (const each of found) {
    const isLater = Date.parse(each.effectiveAt) > Date.parse(moment.effectiveAt);
    const { effectiveAt, effectiveOn } = isLater ? each : moment;
    const [pair] = await mirror(tx, ctx, {
      type: "settlement_reversal",
      movementIds: [each.movementId],
      sourceId: each.sourceId,
      effectiveAt,
      effectiveOn,
    });
    if (!pair) continue;
    const quantity = decimalText(ZERO.minus(decimal(each.quantity)));
    reopened.push({ movementId: pair.movementId, shortfallId: each.shortfallId, quantity });
  }
  if (reopened.length > 0) await shortfalls.recordSettlements(tx, reopened);
}

/**
 * Step: locks the balances of all that a sale took or is short of. What settles it waits from here
 * on, so read when it was settled last, and what it took, after this.
 */
export async function lockStockOf(tx: Tx, siteId: string, saleId: string): Promise<void> {
  const itemIds = await mirrors.listItemsOf(tx, saleId);
  if (itemIds.length > 0) await lockBalances(tx, siteId, itemIds);
}

/**
 * Step: undoes what a sale took, settlements included, and cancels what it is still owed; needs
 * `lockStockOf` before.
 */
export async function undoSale(
  tx: Tx,
  ctx: Ctx,
  saleId: string,
  moment: { readonly effectiveAt: string; readonly effectiveOn: string },
): Promise<void> {
  await shortfalls.cancelShortfalls(tx, saleId, moment.effectiveAt);
  const taken = await mirrors.listReversible(tx, saleId, ["sale", "settlement"]);
  const movementIds = taken.map((movement) => movement.id);
  await mirror(tx, ctx, {
    type: "void",
    movementIds,
    sourceId: saleId,
    effectiveAt: moment.effectiveAt,
    effectiveOn: moment.effectiveOn,
  });
}
