import {
  DateOnly,
  DecimalOut,
  decimalIn,
  Guarded,
  Id,
  InstantIn,
  InstantOut,
  Nullable,
  PageOf,
  PositiveQuantity,
  QuantityFromZero,
  QuantityOut,
  type Static,
  Strict,
  Text,
  Type,
  ValueOut,
  Version,
  Word,
} from "#platform/schema.ts";

const { Optional } = Type;
const exampleId = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";
const linesMax = 100;
const valueRule = { whole: 12, places: 6, sign: "not negative" } as const;
const minutesRule = { whole: 6, places: 6, sign: "not negative" } as const;

const Consumed = Strict(
  { itemId: Id("What was used"), quantity: QuantityFromZero },
  { description: "What was really used, in the stock unit; 0 is unused" },
);
const NewByProduct = Strict({
  itemId: Id("What came out beside"),
  quantity: PositiveQuantity,
  value: decimalIn("What it is worth; taken off the run's cost", valueRule, "1.50"),
});

export const NewRun = Strict(
  {
    id: Optional(Id("Given by the client or the server")),
    siteId: Id("Where it was made"),
    recipeId: Id("By which recipe"),
    version: Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2_147_483_647,
        description: "Which version of it; the latest by default",
        examples: [1],
      }),
    ),
    plannedOutput: PositiveQuantity,
    actualOutput: Optional(QuantityFromZero),
    consumed: Optional(
      Type.Array(Consumed, {
        maxItems: linesMax,
        description: "Replaces the plan of the items it names",
      }),
    ),
    explodeShortage: Optional(
      Type.Boolean({ description: "Make what is short of a sub-recipe from its ingredients" }),
    ),
    labourMinutes: Optional(
      decimalIn("All work; the recipe's, scaled, by default", minutesRule, "90"),
    ),
    byProducts: Optional(Type.Array(NewByProduct, { maxItems: linesMax })),
    effectiveAt: Optional(
      InstantIn("Now by default; at most 7 days ago (stock.backdate: more), 5 minutes ahead"),
    ),
  },
  {
    description: "A production to put on the books; quantities are in stock units",
    examples: [{ siteId: exampleId, recipeId: exampleId, plannedOutput: "50", actualOutput: "48" }],
  },
);
export type NewRun = Static<typeof NewRun>;

export const NewRunReversal = Strict(
  { reason: Optional(Text(500, "Why", "Recorded twice")) },
  { description: "Why a run is reversed", examples: [{ reason: "Recorded twice" }] },
);
export type NewRunReversal = Static<typeof NewRunReversal>;

const TakenLot = Strict({
  lotId: Id("The lot"),
  layerId: Id("Its part at the site"),
  quantity: QuantityOut,
  value: Guarded("costs.read", ValueOut),
});
const ConsumedLine = Strict({
  itemId: Id("What was used"),
  plannedQuantity: DecimalOut("By the recipe"),
  quantity: DecimalOut("Really used"),
  value: Guarded("costs.read", ValueOut),
  lots: Type.Array(TakenLot),
});
const ByProduct = Strict({
  itemId: Id("What came out beside"),
  quantity: QuantityOut,
  value: Guarded("costs.read", ValueOut),
  lotId: Id("The lot it became"),
  layerId: Id("Its part at the site"),
});
const SubRecipe = Strict({
  itemId: Id("What was made on the way"),
  recipeId: Id("By which recipe"),
  recipeVersion: Version,
  quantity: QuantityOut,
});

export const Run = Strict(
  {
    id: Id("The run"),
    siteId: Id("Where it was made"),
    recipeId: Id("By which recipe"),
    recipeVersion: Type.Integer({ minimum: 1, description: "By which version of it" }),
    itemId: Id("What was made"),
    plannedOutput: DecimalOut("In the stock unit of the item", "50"),
    expectedOutput: DecimalOut("What should come out good", "50"),
    actualOutput: DecimalOut("What came out good", "48"),
    consumed: Type.Array(ConsumedLine),
    subRecipes: Type.Array(SubRecipe),
    byProducts: Type.Array(ByProduct),
    labourMinutes: DecimalOut("All work", "90"),
    materials: Guarded("costs.read", ValueOut),
    labour: Guarded("costs.read", ValueOut),
    overhead: Guarded("costs.read", ValueOut),
    totalCost: Guarded(
      "costs.read",
      DecimalOut("Materials + labour + overhead − by-products", "53.10"),
    ),
    unitCost: Guarded(
      "costs.read",
      Nullable(DecimalOut("Of the good output, for display; null if there is none", "1.062")),
    ),
    abnormalLoss: Guarded(
      "costs.read",
      DecimalOut("The part of the total that is waste expense", "0"),
    ),
    lotId: Nullable(Id("The lot that was made; null if nothing good came out")),
    layerId: Nullable(Id("Its part at the site")),
    expiresOn: Nullable(DateOnly("Good through this day")),
    effectiveAt: InstantOut("When it happened"),
    businessDate: DateOnly("The site's business date"),
    recordedAt: InstantOut("When it was written to the books"),
    status: Word(["completed", "reversed"], "Whether it still stands"),
    reversedAt: Nullable(InstantOut("When it was reversed")),
    reversalReason: Nullable(Type.String({ description: "Why it was reversed" })),
    version: Version,
  },
  { description: "A production as it was recorded" },
);
export type Run = Static<typeof Run>;

export const RunPage = PageOf(Run, "Runs, newest first");
export type RunPage = Static<typeof RunPage>;
