import type { Intent } from "./journal.ts";
import type { Stream } from "./schedule.ts";
import type { FaultShop } from "./shop.ts";

/** Who draws: a till of a shop, from its own stream. */
export interface Drawing {
  readonly stream: Stream;
  readonly shop: FaultShop;
  readonly tillId: string;
}

/** A sale that was acknowledged, as far as it can be undone. */
export interface Sold {
  readonly id: string;
  readonly lines: readonly { readonly id: string }[];
}

const shares = [
  ["void", 0.07],
  ["refund", 0.14],
  ["receipt", 0.26],
  ["run", 0.34],
] as const;

/** The next thing a till does: mostly it sells. A voided sale leaves `sold`. */
export function drawCommand(drawing: Drawing, sold: Sold[]): Intent {
  const { stream, shop } = drawing;
  const share = stream.next();
  const name = shares.find(([, upTo]) => share < upTo)?.[0];
  const [id, key] = [stream.id(), stream.id()];
  const { siteId } = shop;
  if (name === "void" && sold.length > 0) {
    const [sale] = sold.splice(stream.between(0, sold.length - 1), 1);
    const path = `/sales/${sale?.id}/void`;
    return { name, id: sale?.id ?? "", key, path, body: { reason: `Void ${key}` } };
  }
  if (name === "refund" && sold.length > 0) return drawRefund(drawing, stream.pick(sold), key);
  if (name === "receipt") {
    const quantity = stream.between(1, 40);
    const totalCost = (quantity * 0.2 + stream.between(0, 99) / 100).toFixed(2);
    const itemId = stream.pick([shop.roll, shop.bun, shop.bun]);
    const lines = [{ itemId, quantity: String(quantity), totalCost }];
    return { name, id, key, path: "/receipts", body: { id, siteId, lines } };
  }
  if (name === "run") {
    const plannedOutput = String(stream.between(1, 20));
    const body = { id, siteId, recipeId: shop.recipeId, plannedOutput };
    return { name, id, key, path: "/production-runs", body };
  }
  return drawSale(drawing, id);
}

function drawSale({ stream, shop, tillId }: Drawing, id: string): Intent {
  const isStrict = stream.chance(0.2);
  // A strict sale may ask for what never was there.
  const shelf = [shop.roll, shop.bun, shop.loaf, ...(isStrict ? [shop.cake] : [])];
  const items = shelf.filter(() => stream.chance(0.5));
  const lines = (items.length > 0 ? items : [shop.roll]).map((itemId) => ({
    itemId,
    quantity: String(stream.between(1, 3)),
  }));
  const onShort = isStrict ? "refuse" : "record";
  return saleOf({ id, siteId: shop.siteId, tillId, lines, onShort });
}

/** A sale, whose id is its key. */
export function saleOf(fields: { readonly id: string; readonly [name: string]: unknown }): Intent {
  const body = { ...fields, payments: [{ method: "cash", amount: "100.00" }] };
  return { name: "sale", id: fields.id, key: fields.id, path: "/sales", body };
}

/** A refund's id is the server's: its reason says by which key it is known. */
function drawRefund({ stream, tillId }: Drawing, sale: Sold, key: string): Intent {
  const disposition = stream.pick(["waste", "restock", "none"]);
  const lines = [{ lineId: stream.pick(sale.lines).id, quantity: "1", disposition }];
  const body = { tillId, reason: `Refund ${key}`, lines };
  return { name: "refund", id: key, key, path: `/sales/${sale.id}/refunds`, body };
}
