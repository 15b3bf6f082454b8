import * as bakery from "./bakery.ts";
import { type TestDatabase, testDatabase } from "./postgres.ts";
import { openTestWeb, type TestWeb } from "./web.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
export type Flexible = any;

/** A file as the older app writes it, made up for tests; names end with `suffix`. */
export function croissantFile(suffix: string) {
  const batch = (quantity: number, cost_per_unit: number, purchase_date: string) => {
    return { quantity, cost_per_unit, purchase_date };
  };
  const material = (min_quantity: number, ...batches: ReturnType<typeof batch>[]) => {
    return { unit: "kg", min_quantity, batches };
  };
  const product = `Croissant${suffix}`;
  return {
    materials: {
      [`Flour${suffix}`]: material(10, batch(50, 2, "2026-01-01"), batch(30, 2.2, "2026-01-05")),
      [`Butter${suffix}`]: material(5, batch(19.6, 5, "2026-01-01")),
      [`Sugar${suffix}`]: material(8, batch(24.8, 1.5, "2026-01-01")),
    } as Record<string, ReturnType<typeof material>>,
    recipes: {
      [product]: {
        ingredients: [
          { material: `Flour${suffix}`, quantity: 0.5 },
          { material: `Butter${suffix}`, quantity: 0.2 },
          { material: `Sugar${suffix}`, quantity: 0.1 },
        ],
        batch_size: 12,
      },
    },
    products: { [product]: { quantity: 14, price: 3.5 } },
    sales: [
      { product, quantity: 10, price: 3.5, total: 35, date: "2026-11-20 02:52:16" },
      { product, quantity: 1, price: 3.5, total: 3.5, date: "2026-11-15 08:00:00" },
    ],
  };
}

export interface Importing {
  readonly web: TestWeb;
  readonly openSite: () => Promise<string>;
  readonly bring: (siteId: string, content: object, more?: object) => Promise<Flexible>;
  readonly itemId: (name: string) => Promise<string>;
  close(): Promise<void>;
}

/** A web on a database of its own, at noon of a day, and what tests of imports ask it. */
export async function openImporting(): Promise<Importing & { readonly database: TestDatabase }> {
  const database = await testDatabase();
  const web = openTestWeb(database.appUrl, { now: () => new Date("2026-11-21T12:00:00Z") });
  const { client } = web;
  return {
    database,
    web,
    openSite: async () => (await bakery.openShop(client, { zone: "Europe/Paris" })).siteId,
    bring: (siteId, content, more = {}) =>
      bakery.make(client, "/imports", { siteId, format: "bakery-data", content, ...more }),
    itemId: async (name) => {
      const { data } = await bakery.read(client, "/items?limit=200");
      return data.find((item: Flexible) => item.name === name)?.id;
    },
    close: async () => {
      await web.close();
      await database.drop();
    },
  };
}

/** Findings in short: where and what. */
export const codesOf = (findings: Flexible[]) =>
  findings.map(({ pointer, code }) => `${pointer} ${code}`);
