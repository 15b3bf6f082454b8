import {
  AmountIn,
  AmountOut,
  DateOnly,
  DecimalOut,
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
} from "#platform/schema.ts";
import { documentOut, exampleId, LineUnit, lineOut, linesMax } from "./document.ts";

const { Optional } = Type;
const supplierLot = Text(120, "The supplier's own lot number", "L2026-318");
const expiresOn = DateOnly("Good through this day, in the site's zone");

const NewReceiptLine = Strict({
  itemId: Id("The item that came"),
  quantity: PositiveQuantity,
  unit: Optional(LineUnit),
  totalCost: AmountIn,
  supplierLot: Optional(supplierLot),
  expiresOn: Optional(expiresOn),
});

export const NewReceipt = Strict(
  {
    id: Optional(Id("Given by the client or the server")),
    siteId: Id("Where it came to"),
    supplierId: Optional(Id("Who delivered it")),
    reference: Optional(Text(120, "The delivery note or invoice", "INV-2044")),
    effectiveAt: Optional(
      InstantIn("Now by default; at most 7 days ago (stock.backdate: more), 5 minutes ahead"),
    ),
    lines: Type.Array(NewReceiptLine, { minItems: 1, maxItems: linesMax }),
  },
  {
    description: "A delivery to put on the books: each line becomes a lot",
    examples: [
      {
        siteId: exampleId,
        reference: "INV-2044",
        lines: [{ itemId: exampleId, quantity: "25", unit: "kg", totalCost: "21.50" }],
      },
    ],
  },
);
export type NewReceipt = Static<typeof NewReceipt>;

const ReceiptLine = Strict({
  ...lineOut,
  totalCost: Guarded("costs.read", AmountOut),
  correctedCost: Guarded(
    "costs.read",
    DecimalOut("What it costs by now, with late price corrections", "24.00"),
  ),
  supplierLot: Nullable(supplierLot),
  expiresOn: Nullable(expiresOn),
  lotId: Id("The lot it became"),
  layerId: Id("The lot's part at this site"),
  reversedQuantity: DecimalOut("What went back of it, in the stock unit"),
});

const ReceiptReversal = Strict({
  id: Id("The reversal: the source of its movements"),
  reason: Nullable(Type.String({ description: "Why it went back" })),
  reversedAt: InstantOut("When it was written to the books"),
  lines: Type.Array(Strict({ lineId: Id("The receipt's line"), quantity: QuantityOut })),
});

export const Receipt = Strict(
  {
    ...documentOut,
    supplierId: Nullable(Id("Who delivered it")),
    reference: Nullable(Type.String({ description: "The delivery note or invoice" })),
    lines: Type.Array(ReceiptLine),
    reversals: Type.Array(ReceiptReversal, { description: "What went back, oldest first" }),
  },
  { description: "A delivery as it was recorded" },
);
export type Receipt = Static<typeof Receipt>;

const NewReversedLine = Strict({
  lineId: Id("A line of the receipt"),
  quantity: PositiveQuantity,
});

export const NewReceiptReversal = Strict(
  {
    reason: Optional(Text(200, "Why it goes back", "Damaged sacks")),
    lines: Optional(
      Type.Array(NewReversedLine, {
        minItems: 1,
        maxItems: linesMax,
        description: "How much of which lines, in the stock unit; all that remains by default",
      }),
    ),
  },
  {
    description: "What goes back of a receipt: at most what remains of it where it came to",
    examples: [{ reason: "Damaged sacks", lines: [{ lineId: exampleId, quantity: "5" }] }],
  },
);
export type NewReceiptReversal = Static<typeof NewReceiptReversal>;

export const ReceiptPage = PageOf(Receipt, "Receipts, newest first");
export type ReceiptPage = Static<typeof ReceiptPage>;
