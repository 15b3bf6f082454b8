import {
  DecimalOut,
  Id,
  InstantOut,
  Nullable,
  QuantityOut,
  type Static,
  Strict,
  Text,
  Type,
} from "#platform/schema.ts";

export const exampleId = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";
export const linesMax = 200;

/** The unit a line was entered in. */
export const LineUnit = Text(
  40,
  "The unit of the quantity; the item's stock unit by default",
  "kg",
);

/** How the quantity entered became one of the books: entered × numerator ÷ denominator. */
export const Factor = Strict(
  { numerator: DecimalOut("Whole number", "1000"), denominator: DecimalOut("Whole number", "1") },
  { description: "1 of the unit = numerator ÷ denominator stock units, exactly" },
);

/** What every line of a stock document answers. */
export const lineOut = {
  id: Id("The line"),
  itemId: Id("The item"),
  quantity: DecimalOut("As it was entered, in `unit`"),
  unit: Type.String({ description: "The unit of `quantity`", examples: ["kg"] }),
  stockQuantity: QuantityOut,
  factor: Factor,
};

/** What every stock document answers. */
export const documentOut = {
  id: Id("The document"),
  siteId: Id("Where it happened"),
  effectiveAt: InstantOut("When it happened"),
  recordedAt: InstantOut("When it was written to the books"),
};

const reason = Text(200, "Why", "Recorded twice");

export const NewReversal = Strict(
  { reason: Type.Optional(reason) },
  { description: "Why it is reversed", examples: [{ reason: "Recorded twice" }] },
);
export type NewReversal = Static<typeof NewReversal>;

/** What is answered of a document that is reversed once and as a whole. */
export const reversalOut = {
  reversedAt: Nullable(InstantOut("When it was reversed")),
  reversalReason: Nullable(Type.String({ description: "Why it was reversed" })),
};
export const notReversed = { reversedAt: null, reversalReason: null };
