import type { StockUnit } from "#modules/catalog/index.ts";
import { type CategoryName, type MaterialName, materials } from "./pantry.ts";

// What the demo bakery makes, and how.

export type TaxCode = "zero" | "reduced" | "standard";

export const taxRates: Readonly<Record<TaxCode, string>> = {
  zero: "0",
  reduced: "13.5",
  standard: "23",
};

export type DoughName = "levain" | "poolish" | "laminated";
export type BakeName =
  | "sourdough"
  | "baguette"
  | "tin"
  | "roll"
  | "croissant"
  | "painChocolat"
  | "cinnamonBun"
  | "scone"
  | "cookie";
export type CounterName = "sandwich" | "cappuccino" | "americano";
export type ProductName = DoughName | BakeName | CounterName;
export type ItemName = MaterialName | ProductName;

export interface Product {
  readonly name: string;
  readonly category: CategoryName;
  readonly unit: StockUnit;
  readonly isMadeToOrder?: boolean;
  readonly cents?: number;
  readonly tax?: TaxCode;
  readonly shelfLifeDays?: number;
  /** g */
  readonly pieceWeight?: number;
}

const dough = (name: string): Product => {
  return { name, category: "dough", unit: "kg", shelfLifeDays: 2 };
};
const bread = (name: string, cents: number, pieceWeight: number): Product => {
  const rest = { category: "bread", unit: "piece", tax: "zero", shelfLifeDays: 1 } as const;
  return { name, cents, pieceWeight, ...rest };
};
const pastry = (name: string, cents: number, tax: TaxCode = "reduced"): Product => {
  return { name, cents, tax, category: "pastry", unit: "piece", shelfLifeDays: 0 };
};
const counter = (name: string, cents: number): Product => {
  const rest = { category: "counter", unit: "piece", tax: "reduced", isMadeToOrder: true } as const;
  return { name, cents, ...rest };
};

export const products: Readonly<Record<ProductName, Product>> = {
  levain: dough("Rye levain"),
  poolish: dough("Poolish"),
  laminated: dough("Croissant dough"),
  sourdough: bread("Country sourdough", 580, 850),
  baguette: bread("Baguette", 240, 250),
  tin: bread("Wholemeal tin loaf", 420, 780),
  roll: bread("Seeded roll", 95, 90),
  croissant: pastry("Butter croissant", 265),
  painChocolat: pastry("Pain au chocolat", 295),
  cinnamonBun: pastry("Cinnamon bun", 340),
  scone: pastry("Sultana scone", 275),
  cookie: pastry("Almond cookie", 220, "standard"),
  sandwich: counter("Ham and cheddar baguette", 690),
  cappuccino: counter("Cappuccino", 390),
  americano: counter("Americano", 330),
};

export interface DemoRecipe {
  readonly makes: ProductName;
  /** In the product's stock unit. */
  readonly output: number;
  /** Per cent of the flour. */
  readonly percents?: Partial<Record<ItemName, number>>;
  readonly flours?: readonly MaterialName[];
  /** In stock units, for `output`. */
  readonly amounts?: Partial<Record<ItemName, number>>;
  readonly bakeLoss?: number;
  readonly handlingLoss?: number;
  readonly minutes: number;
}

/** What is used comes before what uses it. */
export const recipes: readonly DemoRecipe[] = [
  { makes: "levain", output: 10, amounts: { rye: 5, water: 5 }, minutes: 10 },
  { makes: "poolish", output: 10, amounts: { strong: 4.99, water: 4.99, yeast: 0.02 }, minutes: 8 },
  {
    makes: "laminated",
    output: 10,
    amounts: { strong: 5, milk: 2, sugar: 0.6, salt: 0.1, yeast: 0.06, butter: 2.5 },
    minutes: 60,
  },
  {
    makes: "sourdough",
    output: 20,
    percents: { strong: 80, wholemeal: 20, water: 68, levain: 24, salt: 2.2 },
    flours: ["strong", "wholemeal"],
    bakeLoss: 0.14,
    handlingLoss: 0.01,
    minutes: 75,
  },
  {
    makes: "baguette",
    output: 40,
    percents: { strong: 100, water: 48, poolish: 44, salt: 2, yeast: 0.3 },
    flours: ["strong"],
    bakeLoss: 0.22,
    handlingLoss: 0.01,
    minutes: 70,
  },
  {
    makes: "tin",
    output: 20,
    percents: { wholemeal: 70, strong: 30, water: 66, salt: 2, yeast: 0.8, honey: 3, oil: 2 },
    flours: ["wholemeal", "strong"],
    bakeLoss: 0.11,
    minutes: 50,
  },
  {
    makes: "roll",
    output: 48,
    percents: { strong: 90, rye: 10, water: 64, salt: 2, yeast: 0.9, butter: 4 },
    flours: ["strong", "rye"],
    amounts: { seeds: 0.36 },
    bakeLoss: 0.13,
    minutes: 45,
  },
  { makes: "croissant", output: 24, amounts: { laminated: 1.75, eggs: 2 }, minutes: 40 },
  {
    makes: "painChocolat",
    output: 24,
    amounts: { laminated: 1.85, chocolate: 0.32, eggs: 2 },
    minutes: 45,
  },
  {
    makes: "cinnamonBun",
    output: 24,
    amounts: { laminated: 2.1, sugar: 0.35, cinnamon: 0.04, butter: 0.2 },
    minutes: 45,
  },
  {
    makes: "scone",
    output: 20,
    amounts: { strong: 0.9, butter: 0.2, sugar: 0.12, milk: 0.42, raisins: 0.2, eggs: 2 },
    minutes: 25,
  },
  {
    makes: "cookie",
    output: 30,
    amounts: { strong: 0.55, almonds: 0.4, butter: 0.45, sugar: 0.5, eggs: 4 },
    minutes: 25,
  },
  {
    makes: "sandwich",
    output: 1,
    amounts: { baguette: 0.5, ham: 0.06, cheddar: 0.04, butter: 0.01 },
    minutes: 2,
  },
  { makes: "cappuccino", output: 1, amounts: { coffee: 0.018, milk: 0.15 }, minutes: 1 },
  { makes: "americano", output: 1, amounts: { coffee: 0.018 }, minutes: 1 },
];

const recipeOf = new Map<string, DemoRecipe>(recipes.map((recipe) => [recipe.makes, recipe]));

/**
 * What an output takes from the shelves, roughly and down to what is bought: for the order list
 * only, the books know it exactly. Stops at `kept`, which is taken as it is.
 */
export function roughNeeds(
  makes: ProductName,
  output: number,
  kept: ReadonlySet<ItemName> = new Set(),
  needs = new Map<ItemName, number>(),
): Map<ItemName, number> {
  const recipe = recipeOf.get(makes);
  for (const [name, amount] of recipe ? partsOf(recipe, output) : []) {
    if (name in materials || kept.has(name)) needs.set(name, (needs.get(name) ?? 0) + amount);
    else roughNeeds(name as ProductName, amount, kept, needs);
  }
  return needs;
}

function partsOf(recipe: DemoRecipe, output: number): [ItemName, number][] {
  const share = output / recipe.output;
  const percents = Object.entries(recipe.percents ?? {});
  const whole = percents.reduce((sum, [, percent]) => sum + percent, 0);
  const { pieceWeight = 0 } = products[recipe.makes];
  const kept = (1 - (recipe.bakeLoss ?? 0)) * (1 - (recipe.handlingLoss ?? 0));
  const mass = (output * pieceWeight) / 1000 / kept;
  return [
    ...percents.map(([name, percent]): [ItemName, number] => {
      return [name as ItemName, (mass * percent) / whole];
    }),
    ...Object.entries(recipe.amounts ?? {}).map(([name, amount]): [ItemName, number] => {
      return [name as ItemName, amount * share];
    }),
  ];
}
