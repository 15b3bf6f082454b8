import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import * as queries from "../queries/cost-adjustments.ts";
import { type CostShareRow, insertCostShare } from "../queries/cost-flow.ts";

/**
 * Step: writes down how the cost of what a run consumes is shared, by the quantities that came out
 * good and were lost beyond the expected, so that a late price can follow it (domain rules 4, 7).
 */
export async function shareCost(tx: Tx, share: CostShareRow): Promise<void> {
  await insertCostShare(tx, share);
}

/**
 * Step: throws `stock.not_whole` (409) if a late price changed what a document took: its mirror
 * would give back less than it cost by now.
 */
export async function requireUnadjusted(tx: Tx, sourceId: string): Promise<void> {
  if (await queries.isAdjusted(tx, sourceId)) throw errors.stockNotWhole();
}

export interface MirroredSale {
  readonly type: "void" | "settlement_reversal";
  /** The sale. */
  readonly sourceId: string;
  readonly effectiveAt: string;
}

/**
 * Step: what late prices added to a sale's cost goes back to the layers, with the mirror of what
 * the sale took.
 */
export async function undoAdjustments(
  tx: Tx,
  ctx: Ctx,
  { type, sourceId, effectiveAt }: MirroredSale,
  added: readonly queries.LineAdjustment[],
): Promise<void> {
  const due = added.filter(({ value }) => value !== "0");
  if (due.length === 0) return;
  const lines = due.map(({ layerId, value }) => ({ movementId: newId(), layerId, value }));
  await queries.adjustLayers(tx, { sourceId, effectiveAt, actor: ctx.actor.id, lines });
  const rows = due.map((each) => ({
    ...each,
    id: newId(),
    kind: type === "void" ? ("void" as const) : ("sale" as const),
    value: String(-BigInt(each.value)),
  }));
  await queries.insertCostAdjustments(tx, { correctionId: null, effectiveAt }, rows);
}
