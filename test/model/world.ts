import * as bakery from "../harness/bakery.ts";
import { micro } from "./micro.ts";
import type { Rules } from "./rules.ts";

/** The sites of one sequence, with their own items, and what the oracle must know of them. */
export interface World {
  readonly sites: readonly bakery.Shop[];
  /** In the order by which commands number them. */
  readonly items: readonly string[];
  readonly recipes: readonly string[];
  readonly rules: Rules;
  readonly isInKilograms: (itemId: string) => boolean;
}

// Both change their clocks in the same night, at different hours.
const zones = ["Europe/Dublin", "Atlantic/Azores"];
const cutoverHours = 4;

export interface Categories {
  readonly fifo: string;
  readonly fefo: string;
}

/** flour and butter make dough; dough and butter make loaves; toast is made to order; gifts are no stock. */
export async function openWorld(client: bakery.Asking, categories: Categories): Promise<World> {
  const sites = await Promise.all(
    zones.map((zone, site) => bakery.openShop(client, { zone, cutover: "04:00" }, 2 - site)),
  );
  const product = { kind: "product" };
  const [flour, butter, dough, loaf, toast, gift] = (await Promise.all([
    bakery.addItem(client, { categoryId: categories.fifo }),
    bakery.addItem(client, { categoryId: categories.fefo }),
    bakery.addItem(client, product),
    bakery.addItem(client, {
      ...product,
      unit: "piece",
      categoryId: categories.fefo,
      shelfLifeDays: 2,
    }),
    bakery.addItem(client, { ...product, unit: "piece", stocking: "made_to_order" }),
    bakery.addItem(client, { ...product, unit: "piece", stocking: "none" }),
  ])) as [string, string, string, string, string, string];
  const items = [flour, butter, dough, loaf, toast, gift];
  const plans = [
    {
      item: dough,
      yields: "3",
      unit: "kg",
      overhead: "0",
      parts: { [flour]: "2", [butter]: "0.25" },
    },
    {
      item: loaf,
      yields: "7",
      unit: "piece",
      overhead: "1",
      parts: { [dough]: "5", [butter]: "0.1" },
    },
    {
      item: toast,
      yields: "3",
      unit: "piece",
      overhead: "0",
      parts: { [dough]: "0.5", [flour]: "0.2" },
    },
  ];
  const recipes: string[] = [];
  for (const { item, yields, unit, overhead, parts } of plans) {
    const ingredients = Object.entries(parts).map(([itemId, quantity]) => ({
      itemId,
      quantity,
      unit: "kg",
    }));
    const costs = overhead === "0" ? {} : { overhead };
    const body = { itemId: item, yield: { quantity: yields, unit }, ingredients, ...costs };
    recipes.push((await bakery.make(client, "/recipes", body)).id);
  }
  const rule = (
    order: "fifo" | "fefo",
    stocking: "stocked" | "made_to_order" | "none" = "stocked",
  ) => ({
    order,
    stocking,
    shelfLifeDays: null,
  });
  return {
    sites,
    items,
    recipes,
    isInKilograms: (itemId) => itemId === flour || itemId === butter || itemId === dough,
    rules: {
      zones,
      cutoverHours,
      items: {
        [flour]: rule("fifo"),
        [butter]: rule("fefo"),
        [dough]: rule("fifo"),
        [loaf]: { ...rule("fefo"), shelfLifeDays: 2 },
        [toast]: rule("fifo", "made_to_order"),
        [gift]: rule("fifo", "none"),
      },
      recipes: Object.fromEntries(
        plans.map(({ item, yields, overhead, parts }, index) => [
          recipes[index] ?? "",
          {
            item,
            yields: micro(yields),
            overhead: micro(overhead),
            ingredients: Object.entries(parts).map(([each, quantity]) => ({
              item: each,
              quantity: micro(quantity),
            })),
          },
        ]),
      ),
    },
  };
}
