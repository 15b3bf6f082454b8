import { allergenNames } from "#modules/catalog/index.ts";
import {
  DecimalOut,
  Guarded,
  Id,
  Nullable,
  QuantityOut,
  type Static,
  Strict,
  Type,
  ValueOut,
  Word,
} from "#platform/schema.ts";
import { recipeVersion } from "./recipe.ts";

const name = Type.String({ description: "Name of the item", examples: ["Strong flour"] });
const unit = Type.String({ description: "The item's stock unit", examples: ["kg"] });
const labourMinutes = DecimalOut("Minutes of work", "45");

/** What every answer about a recipe says first. */
const head = {
  recipeId: Id("The recipe"),
  recipeVersion,
  itemId: Id("What it makes"),
};
const output = DecimalOut("In the stock unit of what it makes", "50");

export const RecipeScale = Strict(
  {
    ...head,
    output,
    unit,
    dough: Nullable(DecimalOut("Grams of dough; null without percentages", "14204.545455")),
    ingredients: Type.Array(
      Strict({
        itemId: Id("The ingredient"),
        name,
        quantity: DecimalOut("Unrounded but for the sixth place, in `unit`", "9.469697"),
        unit: Type.String({ description: "The unit of the recipe; g for percentages" }),
        sheetQuantity: DecimalOut("What to weigh: rounded to the scale's resolution", "9.47"),
        bakersPercent: Nullable(DecimalOut("Per cent of the total flour", "65")),
      }),
    ),
    labourMinutes,
    overhead: Guarded("costs.read", ValueOut),
  },
  { description: "The sheet for a wanted output" },
);
export type RecipeScale = Static<typeof RecipeScale>;

export const RecipeCost = Strict(
  {
    ...head,
    siteId: Id("Where it would be made"),
    output,
    unit,
    ingredients: Type.Array(
      Strict({
        itemId: Id("What would be taken"),
        name,
        quantity: QuantityOut,
        unit,
        missing: DecimalOut("The part of `quantity` that is not there", "0"),
        cost: Nullable(ValueOut),
      }),
    ),
    labourMinutes,
    labour: ValueOut,
    overhead: ValueOut,
    totalCost: Nullable(ValueOut),
    unitCost: Nullable(DecimalOut("Total ÷ output, for display", "0.53")),
    isComplete: Type.Boolean({
      description: "False where stock is missing: then the costs are null",
    }),
  },
  { description: "What the next run would cost now, by the order in which stock is taken" },
);
export type RecipeCost = Static<typeof RecipeCost>;

export const RecipeCanMake = Strict(
  {
    ...head,
    siteId: Id("Where it would be made"),
    output: Nullable(DecimalOut("The most that stock allows; null if nothing limits it", "50")),
    unit,
    limitedBy: Type.Array(
      Strict({ itemId: Id("What the next step would miss"), name, available: QuantityOut, unit }),
      { description: "What there is too little of to make more" },
    ),
  },
  { description: "How much can be made from what is in stock" },
);
export type RecipeCanMake = Static<typeof RecipeCanMake>;

const state = Type.Optional(Word(["contains", "may_contain", "free"], "Absent means unknown"));
type Names = (typeof allergenNames)[number];

export const RecipeAllergens = Strict(
  {
    ...head,
    allergens: Strict(
      Object.fromEntries(allergenNames.map((each) => [each, state])) as Record<Names, typeof state>,
      { description: "The join of all inputs; one that is absent is unknown, never free from" },
    ),
    shelfLifeDays: Nullable(Type.Integer({ description: "Of the item it makes", examples: [2] })),
  },
  { description: "What a label must say" },
);
export type RecipeAllergens = Static<typeof RecipeAllergens>;
