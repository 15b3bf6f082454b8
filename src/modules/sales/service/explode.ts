import { explodeOrders } from "#modules/recipes/index.ts";
import type { Tx } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import type { PricedSale } from "./price.ts";

/** Stock that a line of a sale takes. */
export interface Want {
  readonly movementId: string;
  readonly itemId: string;
  readonly quantity: string;
  readonly sourceLineId: string;
  readonly pointer: string;
  /** The item's balance at the site exists, so a lock cannot miss it. */
  readonly hasBalance: boolean;
}

/** What a sale takes from stock: the items themselves, or what made-to-order ones are made of. */
export async function explodeLines(tx: Tx, { lines, terms }: PricedSale): Promise<Want[]> {
  const byId = new Map(terms.map((row) => [row.itemId, row]));
  const placed = lines.map((line, index) => ({
    line,
    pointer: `/lines/${index}`,
    item: byId.get(line.itemId),
  }));
  const ordered = placed.filter(({ item }) => item?.stocking === "made_to_order");
  const orders = ordered.map(({ line, pointer }) => {
    return { itemId: line.itemId, quantity: line.stockQuantity, pointer };
  });
  const taken = await explodeOrders(tx, orders);
  return placed.flatMap(({ line, pointer, item }) => {
    if (item?.stocking === "none") return [];
    const takes =
      item?.stocking === "made_to_order"
        ? (taken[ordered.findIndex((each) => each.line === line)] ?? [])
        : [{ itemId: line.itemId, quantity: line.stockQuantity }];
    const hasBalance = item?.stocking === "stocked" && item.hasBalance;
    return takes.map(({ itemId, quantity }) => ({
      movementId: newId(),
      itemId,
      quantity,
      sourceLineId: line.id,
      pointer,
      hasBalance,
    }));
  });
}
