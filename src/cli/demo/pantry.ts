import type { Allergens, StockUnit } from "#modules/catalog/index.ts";

// What the demo bakery buys, and from whom.

export const suppliers = {
  mill: "Liffey Valley Mill",
  dairy: "Glenview Dairy",
  pantry: "Orchard & Field Provisions",
  deli: "Market Lane Deli",
  roaster: "Harbour Roasters",
} as const;
export type SupplierName = keyof typeof suppliers;

export const categories = {
  dry: { name: "Dry goods", order: "fifo" },
  chilled: { name: "Chilled", order: "fefo" },
  dough: { name: "Doughs and preferments", order: "fefo" },
  bread: { name: "Bread", order: "fifo" },
  pastry: { name: "Viennoiserie and cakes", order: "fefo" },
  counter: { name: "Made at the counter", order: "fifo" },
} as const;
export type CategoryName = keyof typeof categories;

export interface Material {
  readonly name: string;
  readonly category: CategoryName;
  readonly unit: StockUnit;
  /** Undefined for water: it is not bought and not kept in stock. */
  readonly bought?: {
    readonly from: SupplierName;
    readonly pack: string;
    /** Stock units in a pack. */
    readonly holds: number;
    readonly cents: number;
    readonly keepsDays?: number;
  };
  readonly allergens: Allergens;
  readonly density?: string;
  readonly pieceWeight?: string;
}

const free: Allergens = {};
const gluten: Allergens = { gluten: "contains" };
const milk: Allergens = { milk: "contains" };

type Bought = NonNullable<Material["bought"]>;

const dry = (name: string, bought: Bought, allergens: Allergens = free): Material => {
  return { name, category: "dry", unit: "kg", bought, allergens };
};
const chilled = (name: string, bought: Bought, allergens: Allergens = free): Material => {
  return { name, category: "chilled", unit: "kg", bought, allergens };
};
const by = (from: SupplierName, pack: string, holds: number, cents: number, keepsDays?: number) => {
  return { from, pack, holds, cents, ...(keepsDays === undefined ? {} : { keepsDays }) };
};

export const materials = {
  strong: dry("Strong white flour", by("mill", "sack", 25, 2150, 180), gluten),
  wholemeal: dry("Wholemeal flour", by("mill", "sack", 25, 2380, 120), gluten),
  rye: dry("Dark rye flour", by("mill", "bag", 10, 1340, 120), gluten),
  sugar: dry("Caster sugar", by("pantry", "bag", 10, 1190)),
  salt: dry("Fine sea salt", by("pantry", "bag", 5, 425)),
  almonds: dry("Ground almonds", by("pantry", "bag", 1, 1145, 150), { nuts: "contains" }),
  chocolate: dry("Dark chocolate sticks", by("pantry", "box", 1.6, 1680, 240), {
    milk: "may_contain",
    soybeans: "contains",
  }),
  raisins: dry("Sultanas", by("pantry", "box", 5, 1725, 200), { sulphites: "contains" }),
  cinnamon: dry("Ground cinnamon", by("pantry", "tub", 0.5, 690, 360)),
  seeds: dry("Seed mix", by("pantry", "bag", 5, 2240, 180), { sesame: "contains" }),
  honey: dry("Blossom honey", by("pantry", "bucket", 5, 3450, 360)),
  yeast: dry("Dried yeast", by("pantry", "tin", 0.5, 485, 360)),
  coffee: dry("Espresso beans", by("roaster", "bag", 1, 1780, 90)),
  oil: {
    ...dry("Olive oil", by("pantry", "can", 5, 3890, 300)),
    unit: "l",
    density: "0.915",
  },
  butter: chilled("Butter 82 %", by("dairy", "case", 10, 7250, 45), milk),
  ham: chilled("Cooked ham", by("deli", "piece of 1 kg", 1, 1095, 30)),
  cheddar: chilled("Mature cheddar", by("deli", "block", 1, 960, 40), milk),
  milk: {
    ...chilled("Whole milk", by("dairy", "crate", 12, 1320, 12), milk),
    unit: "l",
    density: "1.03",
  },
  eggs: {
    ...chilled("Free-range eggs", by("dairy", "tray", 30, 645, 28), { eggs: "contains" }),
    unit: "piece",
    pieceWeight: "52",
  },
  water: { name: "Water", category: "dry", unit: "kg", allergens: free },
} as const satisfies Record<string, Material>;
export type MaterialName = keyof typeof materials;
