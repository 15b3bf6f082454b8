import {
  DecimalOut,
  Guarded,
  Id,
  InstantIn,
  Nullable,
  PageOf,
  QuantityFromZero,
  type Static,
  Strict,
  Type,
} from "#platform/schema.ts";
import { documentOut, exampleId, Factor, LineUnit, linesMax, reversalOut } from "./document.ts";

const { Optional } = Type;

const NewCountLine = Strict({
  itemId: Id("The item counted"),
  counted: QuantityFromZero,
  unit: Optional(LineUnit),
  lotId: Optional(Id("Only this lot was counted")),
});

export const NewCount = Strict(
  {
    id: Optional(Id("Given by the client or the server")),
    siteId: Id("Where it was counted"),
    countedAt: Optional(
      InstantIn("Now by default; at most 7 days ago (stock.backdate: more), 5 minutes ahead"),
    ),
    lines: Type.Array(NewCountLine, { minItems: 1, maxItems: linesMax }),
  },
  {
    description: "What was found; the books take the difference at count time",
    examples: [{ siteId: exampleId, lines: [{ itemId: exampleId, counted: "13" }] }],
  },
);
export type NewCount = Static<typeof NewCount>;

const CountLine = Strict({
  id: Id("The line"),
  itemId: Id("The item"),
  lotId: Nullable(Id("The lot counted, if one was named")),
  quantity: DecimalOut("What was found, as entered, in `unit`"),
  unit: Type.String({ description: "The unit of `quantity`", examples: ["kg"] }),
  factor: Factor,
  counted: DecimalOut("What was found, in the stock unit"),
  expected: DecimalOut("What the books said at count time, less what was owed; stock unit"),
  difference: DecimalOut("Found less expected, in the stock unit", "-2"),
  value: Guarded("costs.read", DecimalOut("Ledger value of the difference", "-1.7")),
  isCostUnknown: Type.Boolean({ description: "A gain of what never had a cost: valued at 0" }),
});

export const Count = Strict(
  { ...documentOut, ...reversalOut, lines: Type.Array(CountLine) },
  { description: "A count as it was recorded" },
);
export type Count = Static<typeof Count>;

export const CountPage = PageOf(Count, "Counts, newest first");
export type CountPage = Static<typeof CountPage>;
