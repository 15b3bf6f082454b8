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
  readonly hasBalance: boolean;
}

/** What a sale takes from stock: the items themselves, or what made-to-order ones are made of. */
export async function explodeLines(_tx: Tx, { lines, terms }: PricedSale): Promise<Want[]> {
  const byId = new Map(terms.map((row) => [row.itemId, row]));
  const wants: Want[] = [];
  lines.forEach((line, index) => {
    const item = byId.get(line.itemId);
    if (item?.stocking !== "stocked") return;
    wants.push({
      movementId: newId(),
      itemId: line.itemId,
      quantity: line.stockQuantity,
      sourceLineId: line.id,
      pointer: `/lines/${index}`,
      hasBalance: item.hasBalance,
    });
  });
  return wants;
}
