import {
  DecimalOut,
  decimalIn,
  Guarded,
  Id,
  InstantOut,
  Nullable,
  PageOf,
  PositiveQuantity,
  type Static,
  Strict,
  Text,
  Type,
  Version,
} from "#platform/schema.ts";

const { Optional } = Type;
const exampleId = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";
export const recipeVersion = Type.Integer({
  minimum: 1,
  description: "Version of the formula",
  examples: [1],
});

const Unit = Text(40, "A unit that the item knows", "kg");
const percentRule = { whole: 6, places: 4, sign: "positive" } as const;
const lossRule = { whole: 1, places: 6, sign: "not negative" } as const;
const overheadRule = { whole: 9, places: 4, sign: "not negative" } as const;
const minutesRule = { whole: 6, places: 6, sign: "not negative" } as const;

const Yield = Strict(
  { quantity: PositiveQuantity, unit: Unit },
  { description: "What one formula makes", examples: [{ quantity: "50", unit: "piece" }] },
);

const IngredientByQuantity = Strict(
  { itemId: Id("The ingredient"), quantity: PositiveQuantity, unit: Unit },
  { description: "By quantity for one yield; beside percentages it comes on top of the dough" },
);
const IngredientByPercent = Strict(
  {
    itemId: Id("The ingredient"),
    bakersPercent: decimalIn("Per cent of the total flour", percentRule, "65"),
    flour: Optional(Type.Boolean({ description: "Part of the flour: those add up to 100" })),
  },
  { description: "By baker's percentage: the mass follows from the yield's" },
);
const Ingredients = Type.Array(
  Type.Union([IngredientByQuantity, IngredientByPercent], {
    description: "Either { itemId, quantity, unit } or { itemId, bakersPercent, flour? }",
  }),
  { minItems: 1, maxItems: 100 },
);

const optionalIn = {
  bakeLoss: Optional(decimalIn("Part of the mass lost in the oven; below 1", lossRule, "0.12")),
  handlingLoss: Optional(decimalIn("Part of the dough lost before; below 1", lossRule, "0.02")),
  labourMinutes: Optional(decimalIn("Minutes of work for one yield", minutesRule, "45")),
  overhead: Optional(decimalIn("Other cost of one yield, up to 4 decimals", overheadRule, "3.50")),
};

export const NewRecipe = Strict(
  {
    id: Optional(Id("Given by the client or the server")),
    itemId: Id("What it makes"),
    yield: Yield,
    ingredients: Ingredients,
    ...optionalIn,
  },
  {
    description: "How an item is made",
    examples: [
      {
        itemId: exampleId,
        yield: { quantity: "50", unit: "piece" },
        ingredients: [
          { itemId: exampleId, bakersPercent: "100", flour: true },
          { itemId: exampleId, bakersPercent: "65" },
        ],
        bakeLoss: "0.12",
      },
    ],
  },
);
export type NewRecipe = Static<typeof NewRecipe>;

export const RecipePatch = Strict(
  { yield: Optional(Yield), ingredients: Optional(Ingredients), ...optionalIn },
  {
    description:
      "What to change in a new version; the rest stays, ingredients are replaced as a whole",
    minProperties: 1,
    examples: [{ bakeLoss: "0.13" }],
  },
);
export type RecipePatch = Static<typeof RecipePatch>;

const Ingredient = Strict({
  itemId: Id("The ingredient"),
  quantity: Nullable(DecimalOut("For one yield; null for one by percentage")),
  unit: Nullable(Type.String({ description: "Of `quantity`", examples: ["kg"] })),
  bakersPercent: Nullable(DecimalOut("Per cent of the total flour", "65")),
  flour: Type.Boolean({ description: "Part of the flour" }),
});

const formulaOut = {
  yield: Strict({
    quantity: DecimalOut("What one formula makes", "50"),
    unit: Type.String({ description: "Of `quantity`", examples: ["piece"] }),
  }),
  ingredients: Type.Array(Ingredient),
  bakeLoss: DecimalOut("Part of the mass lost in the oven", "0.12"),
  handlingLoss: DecimalOut("Part of the dough lost before", "0.02"),
  labourMinutes: DecimalOut("Minutes of work for one yield", "45"),
  overhead: Guarded("costs.read", DecimalOut("Amount for one yield", "3.5")),
  recordedAt: InstantOut("When this version was written"),
};

export const Recipe = Strict(
  {
    id: Id("The recipe"),
    itemId: Id("What it makes"),
    recipeVersion,
    ...formulaOut,
    archived: Type.Boolean({ description: "Out of use", examples: [false] }),
    version: Version,
  },
  { description: "How an item is made, in its latest version" },
);
export type Recipe = Static<typeof Recipe>;
/** With what only some may see. */
export type WholeRecipe = Required<Recipe>;

export const RecipePage = PageOf(Recipe, "Recipes, oldest first");
export type RecipePage = Static<typeof RecipePage>;

export const RecipeVersion = Strict(
  { recipeId: Id("The recipe"), itemId: Id("What it makes"), recipeVersion, ...formulaOut },
  { description: "One version of a recipe; it never changes" },
);
export type RecipeVersion = Static<typeof RecipeVersion>;

export const RecipeVersionPage = PageOf(RecipeVersion, "Versions, newest first");
export type RecipeVersionPage = Static<typeof RecipeVersionPage>;
