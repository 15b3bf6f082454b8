import {
  AmountIn,
  AmountOut,
  DateOnly,
  Id,
  InstantIn,
  Nullable,
  PageOf,
  PositiveQuantity,
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
    effectiveAt: Optional(InstantIn("Now by default; at most 7 days ago and 5 minutes ahead")),
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
  totalCost: AmountOut,
  supplierLot: Nullable(supplierLot),
  expiresOn: Nullable(expiresOn),
  lotId: Id("The lot it became"),
  layerId: Id("The lot's part at this site"),
});

export const Receipt = Strict(
  {
    ...documentOut,
    supplierId: Nullable(Id("Who delivered it")),
    reference: Nullable(Type.String({ description: "The delivery note or invoice" })),
    lines: Type.Array(ReceiptLine),
  },
  { description: "A delivery as it was recorded" },
);
export type Receipt = Static<typeof Receipt>;

export const ReceiptPage = PageOf(Receipt, "Receipts, newest first");
export type ReceiptPage = Static<typeof ReceiptPage>;
