import { v7 } from "uuid";
import * as bakery from "../harness/bakery.ts";
import type { RemoteClient } from "../harness/remote.ts";

/** The bakery whose tills are loaded: what they sell, take in and bake. */
export interface FaultShop extends bakery.Shop {
  /** Pieces bought in: a lot on hand, and every receipt brings more. */
  readonly roll: string;
  /** Pieces bought in of which there are few: sold through, settled by the next receipt. */
  readonly bun: string;
  /** Pieces that are never there. */
  readonly cake: string;
  /** kg of flour, for runs. */
  readonly flour: string;
  /** Pieces that runs make of flour. */
  readonly loaf: string;
  readonly recipeId: string;
  /** Ids of what was put on the books before the tills opened. */
  readonly opening: readonly string[];
}

export async function openFaultShop(client: RemoteClient, tills: number): Promise<FaultShop> {
  // Far from now, so that no business date ends while sales of it are voided.
  const cutover = `${String((new Date().getUTCHours() + 12) % 24).padStart(2, "0")}:00`;
  const shop = await bakery.openShop(client, { zone: "Etc/UTC", cutover }, tills);
  const product = { kind: "product", unit: "piece" };
  const roll = await bakery.addItem(client, { ...product, price: "0.85" });
  const bun = await bakery.addItem(client, { ...product, price: "1.15" });
  const loaf = await bakery.addItem(client, { ...product, price: "3.70" });
  const cake = await bakery.addItem(client, { ...product, price: "21.00" });
  const flour = await bakery.addItem(client);
  const recipe = await bakery.make(client, "/recipes", {
    itemId: loaf,
    yield: { quantity: "7", unit: "piece" },
    ingredients: [{ itemId: flour, quantity: "3", unit: "kg" }],
  });
  const id = v7();
  await bakery.receive(
    client,
    shop.siteId,
    [
      { itemId: roll, quantity: "100000", totalCost: "20000.01" },
      { itemId: flour, quantity: "10000", totalCost: "9000.07" },
      { itemId: loaf, quantity: "1000", totalCost: "1234.56" },
      { itemId: bun, quantity: "3", totalCost: "1.00" },
    ],
    { id },
  );
  return { ...shop, roll, bun, cake, flour, loaf, recipeId: recipe.id, opening: [id] };
}
