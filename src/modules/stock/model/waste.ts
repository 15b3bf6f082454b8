import {
  Guarded,
  Id,
  Nullable,
  PageOf,
  PositiveQuantity,
  type Static,
  Strict,
  Text,
  Type,
  ValueOut,
} from "#platform/schema.ts";
import { documentOut, exampleId, LineUnit, lineOut, linesMax, reversalOut } from "./document.ts";

const { Optional } = Type;
const reason = Text(200, "Why it was thrown away", "Dropped on the floor");

const NewWasteLine = Strict({
  itemId: Id("The item wasted"),
  quantity: PositiveQuantity,
  unit: Optional(LineUnit),
  lotId: Optional(Id("Only from this lot")),
});

export const NewWaste = Strict(
  {
    id: Optional(Id("Given by the client or the server")),
    siteId: Id("Where it was wasted"),
    reason,
    lines: Type.Array(NewWasteLine, { minItems: 1, maxItems: linesMax }),
  },
  {
    description: "Stock thrown away; expired and held stock too",
    examples: [
      { siteId: exampleId, reason: "Stale", lines: [{ itemId: exampleId, quantity: "3" }] },
    ],
  },
);
export type NewWaste = Static<typeof NewWaste>;

const WasteLine = Strict({
  ...lineOut,
  lotId: Nullable(Id("The lot it was taken from, if one was named")),
  value: Guarded("costs.read", ValueOut),
});

export const Waste = Strict(
  { ...documentOut, reason, ...reversalOut, lines: Type.Array(WasteLine) },
  { description: "Waste as it was recorded" },
);
export type Waste = Static<typeof Waste>;

export const WastePage = PageOf(Waste, "Waste, newest first");
export type WastePage = Static<typeof WastePage>;
