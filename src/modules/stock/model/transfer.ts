import {
  Guarded,
  Id,
  InstantIn,
  InstantOut,
  Nullable,
  PageOf,
  PositiveQuantity,
  QuantityOut,
  type Static,
  Strict,
  Text,
  Type,
  ValueOut,
} from "#platform/schema.ts";
import { exampleId, LineUnit, lineOut, linesMax } from "./document.ts";

const { Optional } = Type;
const note = Text(200, "What to know of it", "Morning van");

const NewTransferLine = Strict({
  itemId: Id("The item carried"),
  quantity: PositiveQuantity,
  unit: Optional(LineUnit),
  lotId: Optional(Id("Only from this lot")),
});

export const NewTransfer = Strict(
  {
    id: Optional(Id("Given by the client or the server")),
    fromSiteId: Id("Where it was taken"),
    toSiteId: Id("Where it came to; another site"),
    effectiveAt: Optional(
      InstantIn("Now by default; at most 7 days ago (stock.backdate: more), 5 minutes ahead"),
    ),
    note: Optional(note),
    lines: Type.Array(NewTransferLine, { minItems: 1, maxItems: linesMax }),
  },
  {
    description: "Stock carried to another site: same lots, same value, same age",
    examples: [
      {
        fromSiteId: exampleId,
        toSiteId: "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9f",
        note: "Morning van",
        lines: [{ itemId: exampleId, quantity: "25", unit: "kg" }],
      },
    ],
  },
);
export type NewTransfer = Static<typeof NewTransfer>;

const MovedPart = Strict(
  {
    lotId: Id("The lot"),
    fromLayerId: Id("The layer it was taken from"),
    toLayerId: Id("The layer it became"),
    quantity: QuantityOut,
    value: Guarded("costs.read", ValueOut),
  },
  { description: "What one layer gave" },
);

const TransferLine = Strict({
  ...lineOut,
  lotId: Nullable(Id("The lot it was taken from, if one was named")),
  value: Guarded("costs.read", ValueOut),
  moved: Type.Array(MovedPart),
});

export const Transfer = Strict(
  {
    id: Id("The document"),
    fromSiteId: Id("Where it was taken"),
    toSiteId: Id("Where it came to"),
    effectiveAt: InstantOut("When it happened"),
    recordedAt: InstantOut("When it was written to the books"),
    note: Nullable(Type.String({ description: "What to know of it" })),
    lines: Type.Array(TransferLine),
  },
  { description: "A transfer as it was recorded" },
);
export type Transfer = Static<typeof Transfer>;

export const TransferPage = PageOf(Transfer, "Transfers, newest first");
export type TransferPage = Static<typeof TransferPage>;
