import {
  DecimalOut,
  decimalIn,
  Id,
  Nullable,
  PageOf,
  PriceIn,
  PriceOut,
  QuantityFromZero,
  QuantityOut,
  type Static,
  Strict,
  Text,
  Type,
  Version,
  Word,
} from "#platform/schema.ts";

const { Optional } = Type;
const archived = Type.Boolean({ description: "Out of use", examples: [false] });
const exampleId = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";

const categoryName = Text(120, "Name of the category, unique among those in use", "Dairy");
const order = Word(["fifo", "fefo"], "Which stock goes first: the oldest, or the first to expire");

export const NewCategory = Strict(
  { id: Optional(Id()), name: categoryName, order },
  { description: "A category to add", examples: [{ name: "Dairy", order: "fefo" }] },
);
export type NewCategory = Static<typeof NewCategory>;

export const CategoryPatch = Strict(
  { name: Optional(categoryName), order: Optional(order) },
  {
    description: "What to change; the rest stays",
    minProperties: 1,
    examples: [{ order: "fifo" }],
  },
);
export type CategoryPatch = Static<typeof CategoryPatch>;

export const Category = Strict(
  { id: Id(), name: categoryName, order, archived, version: Version },
  {
    description: "A group of items that are picked alike",
    examples: [{ id: exampleId, name: "Dairy", order: "fefo", archived: false, version: 1 }],
  },
);
export type Category = Static<typeof Category>;

export const CategoryPage = PageOf(Category, "Categories, oldest first");
export type CategoryPage = Static<typeof CategoryPage>;

/** Annex II of Regulation (EU) No 1169/2011. */
export const allergenNames = [
  "gluten",
  "crustaceans",
  "eggs",
  "fish",
  "peanuts",
  "soybeans",
  "milk",
  "nuts",
  "celery",
  "mustard",
  "sesame",
  "sulphites",
  "lupin",
  "molluscs",
] as const;
export type AllergenName = (typeof allergenNames)[number];

const AllergenState = Word(["contains", "may_contain", "free"], "Absent means unknown");
export type AllergenState = Static<typeof AllergenState>;

function ofAllergens<T>(value: T): Record<AllergenName, T> {
  return Object.fromEntries(allergenNames.map((name) => [name, value])) as Record<AllergenName, T>;
}

const Allergens = Strict(ofAllergens(Optional(AllergenState)), {
  description: "The 14 allergens of EU law; one that is absent is unknown, never free from",
  examples: [{ gluten: "contains", milk: "may_contain" }],
});
export type Allergens = Static<typeof Allergens>;

const AllergensPatch = Strict(ofAllergens(Optional(Nullable(AllergenState))), {
  description: "Merged into what is known; null makes one unknown",
  examples: [{ milk: "free" }],
});

/** Units with a meaning of their own; any other name is a pack. */
export const stockUnits = ["g", "kg", "ml", "l", "piece"] as const;
export type StockUnit = (typeof stockUnits)[number];

const itemName = Text(120, "Name of the item, unique among those in use", "Baguette");
const kind = Word(["product", "material"], "What it is; a product may also be an ingredient");
const stocking = Word(
  ["stocked", "made_to_order", "none"],
  "Kept in stock, exploded into its recipe when sold, or neither",
);
const unit = Word(stockUnits, "The stock unit; fixed from the first movement on");
const categoryId = Id("Its category; without one the oldest stock goes first");
const taxCode = Type.String({
  pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$",
  description: "Code of a tax rate",
  examples: ["reduced"],
});
const barcode = Text(64, "Barcode, unique among items in use", "5391234567893");
const shelfLifeDays = Type.Integer({
  minimum: 0,
  maximum: 36_500,
  description: "Days from making to expiry; 0 is the same day",
  examples: [2],
});
const densityRule = { whole: 6, places: 6, sign: "positive" } as const;
const densityIn = decimalIn("Grams a millilitre", densityRule, "0.92");
const pieceWeightRule = { whole: 12, places: 6, sign: "positive" } as const;
const pieceWeightIn = decimalIn("Grams a piece", pieceWeightRule, "250");

const optionalIn = {
  categoryId: Optional(Nullable(categoryId)),
  price: Optional(Nullable(PriceIn)),
  taxCode: Optional(Nullable(taxCode)),
  barcode: Optional(Nullable(barcode)),
  reorderLevel: Optional(Nullable(QuantityFromZero)),
  shelfLifeDays: Optional(Nullable(shelfLifeDays)),
  density: Optional(Nullable(densityIn)),
  pieceWeight: Optional(Nullable(pieceWeightIn)),
};

export const NewItem = Strict(
  {
    id: Optional(Id()),
    name: itemName,
    kind,
    stocking,
    unit,
    ...optionalIn,
    allergens: Optional(Allergens),
  },
  {
    description: "An item to add",
    examples: [
      {
        name: "Baguette",
        kind: "product",
        stocking: "stocked",
        unit: "piece",
        price: "1.20",
        allergens: { gluten: "contains" },
        pieceWeight: "250",
      },
    ],
  },
);
export type NewItem = Static<typeof NewItem>;

export const ItemPatch = Strict(
  {
    name: Optional(itemName),
    kind: Optional(kind),
    stocking: Optional(stocking),
    unit: Optional(unit),
    ...optionalIn,
    allergens: Optional(AllergensPatch),
  },
  {
    description: "What to change; the rest stays, and null clears",
    minProperties: 1,
    examples: [{ price: "1.30", allergens: { milk: "free" } }],
  },
);
export type ItemPatch = Static<typeof ItemPatch>;

export const Item = Strict(
  {
    id: Id(),
    name: itemName,
    kind,
    stocking,
    unit,
    categoryId: Nullable(categoryId),
    price: Nullable(PriceOut),
    taxCode: Nullable(taxCode),
    barcode: Nullable(barcode),
    reorderLevel: Nullable(QuantityOut),
    shelfLifeDays: Nullable(shelfLifeDays),
    allergens: Allergens,
    density: Nullable(DecimalOut("Grams a millilitre", "0.92")),
    pieceWeight: Nullable(DecimalOut("Grams a piece", "250")),
    archived,
    version: Version,
  },
  {
    description: "A material or a product",
    examples: [
      {
        id: exampleId,
        name: "Baguette",
        kind: "product",
        stocking: "stocked",
        unit: "piece",
        categoryId: null,
        price: "1.2",
        taxCode: null,
        barcode: null,
        reorderLevel: null,
        shelfLifeDays: 1,
        allergens: { gluten: "contains" },
        density: null,
        pieceWeight: "250",
        archived: false,
        version: 1,
      },
    ],
  },
);
export type Item = Static<typeof Item>;

export const ItemPage = PageOf(Item, "Items, oldest first");
export type ItemPage = Static<typeof ItemPage>;

const from = Text(40, "The unit converted: a pack, or a stock unit if `to` is a pack", "box");
const to = Text(40, "What it is converted to", "piece");
const part = (description: string, example: number) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000_000_000, description, examples: [example] });
const numerator = part("1 `from` is numerator ÷ denominator `to`", 9);
const denominator = part("See numerator: the ratio is exact", 1);

export const NewConversion = Strict(
  { id: Optional(Id()), from, to, numerator, denominator },
  {
    description: "A pack to add: 1 box is 9 pieces",
    examples: [{ from: "box", to: "piece", numerator: 9, denominator: 1 }],
  },
);
export type NewConversion = Static<typeof NewConversion>;

export const Conversion = Strict(
  { id: Id(), itemId: Id("The item it belongs to"), from, to, numerator, denominator },
  {
    description: "An exact conversion of one item's units",
    examples: [
      { id: exampleId, itemId: exampleId, from: "box", to: "piece", numerator: 9, denominator: 1 },
    ],
  },
);
export type Conversion = Static<typeof Conversion>;

export const ConversionPage = PageOf(Conversion, "Conversions of an item, oldest first");
export type ConversionPage = Static<typeof ConversionPage>;
