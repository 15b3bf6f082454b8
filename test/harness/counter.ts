import type { App } from "#platform/context.ts";
import { addItem, openShop, receive, type Shop } from "./bakery.ts";
import type { TestClient } from "./client.ts";
import { testDatabase } from "./postgres.ts";
import { openTestWeb } from "./web.ts";

/** A web with one shop of two tills and a clock the test turns. */
export interface Counter {
  readonly app: App;
  readonly client: TestClient;
  readonly shop: Shop;
  readonly tillId: string;
  /** A loaf at 3.50, so many of them on the books at 1.00 each. */
  loaf(quantity: string, fields?: Record<string, unknown>): Promise<string>;
  setClock(time: string): void;
  close(): Promise<void>;
}

export async function openCounter(time: string): Promise<Counter> {
  let now = new Date(time);
  const database = await testDatabase();
  const web = openTestWeb(database.appUrl, { now: () => now });
  const { client } = web;
  const shop = await openShop(client, {}, 2);
  return {
    app: web.app,
    client,
    shop,
    tillId: shop.tillIds[0] ?? "",
    async loaf(quantity, fields = {}) {
      const product = { kind: "product", unit: "piece", price: "3.50", ...fields };
      const itemId = await addItem(client, product);
      const line = { itemId, quantity, totalCost: `${quantity}.00` };
      if (quantity !== "0") await receive(client, shop.siteId, [line]);
      return itemId;
    },
    setClock(next) {
      now = new Date(next);
    },
    async close() {
      await web.close();
      await database.drop();
    },
  };
}
