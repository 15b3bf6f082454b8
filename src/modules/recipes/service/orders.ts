import { lockUnit } from "#modules/catalog/index.ts";
import type { Tx } from "#platform/db.ts";
import * as errors from "../errors.ts";
import { planOutput } from "../rules/plan.ts";
import { MICROS_MAX, microsOf, microsText } from "../rules/ratio.ts";
import { type RecipeForest, readRecipeForest, stockingIn } from "./tree.ts";

/** A line that sells something made to order, in its stock unit. */
export interface Order {
  readonly itemId: string;
  readonly quantity: string;
  readonly pointer: string;
}

export interface OrderTake {
  readonly itemId: string;
  /** Stock unit, above 0. */
  readonly quantity: string;
}

/**
 * Step: what lines of made-to-order items take from stock, line by line, by the latest recipes;
 * what is itself made to order in them is taken apart, too. Fixes the units of what was never moved
 * before. Throws `recipes.unmakeable`, `recipes.too_small` and `recipes.too_large` (422).
 */
export async function explodeOrders(tx: Tx, orders: readonly Order[]): Promise<OrderTake[][]> {
  if (orders.length === 0) return [];
  const itemIds = [...new Set(orders.map((order) => order.itemId))];
  const forest = await readRecipeForest(tx, itemIds);
  const takes = orders.map((order) => takesOf(order, forest));
  const takenIds = new Set(takes.flat().map((take) => take.itemId));
  const newIds = [...takenIds].filter((id) => forest.items.get(id)?.unitLocked === false);
  if (newIds.length === 0) return takes;
  // The unit may have changed until it was fixed, so what was read in it is read again.
  await lockUnit(tx, newIds);
  const fixed = await readRecipeForest(tx, itemIds);
  return orders.map((order) => takesOf(order, fixed));
}

function takesOf(order: Order, { formulas, items }: RecipeForest): OrderTake[] {
  const { itemId, quantity, pointer } = order;
  const root = formulas.get(itemId);
  if (root === undefined) throw errors.unmakeable(`${pointer}/itemId`);
  const output = microsOf(quantity);
  const stockingOf = stockingIn(items);
  const plan = planOutput({ root, output, formulas, stockingOf, explode: false });
  if (plan.unmakeable.length > 0) throw errors.unmakeable(`${pointer}/itemId`);
  if (plan.vanishing.length > 0) throw errors.outputTooSmall(`${pointer}/quantity`);
  const taken = plan.lines.filter((line) => line.stocking === "stocked" && line.quantity > 0n);
  return taken.map((line) => {
    if (line.quantity > MICROS_MAX) throw errors.outputTooLarge(`${pointer}/quantity`);
    return { itemId: line.itemId, quantity: microsText(line.quantity) };
  });
}
