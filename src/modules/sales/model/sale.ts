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
  PriceIn,
  PriceOut,
  QuantityOut,
  type Static,
  Strict,
  Text,
  Type,
  ValueOut,
  Version,
  Word,
} from "#platform/schema.ts";

export const linesMax = 200;
export const paymentsMax = 20;
export const example = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";

const NewSaleLine = Strict({
  itemId: Id("The item sold"),
  quantity: PositiveQuantity,
  unit: Type.Optional(Text(40, "The item's stock unit by default", "piece")),
  unitPrice: Type.Optional(PriceIn),
  discount: Type.Optional(AmountIn),
});

export const approvalId = Type.Optional(
  Id("Of an approval at this till, for whoever may not do it alone"),
);
const method = Word(["cash", "card", "voucher"], "How it was paid");
export const Payment = Strict({ method, amount: AmountIn });
export const PaymentOut = Strict({ method, amount: AmountOut });

export const NewSale = Strict(
  {
    id: Id("The sale's id and idempotency key, made by the client"),
    siteId: Id("Where it was sold"),
    tillId: Type.Optional(Id("The till that printed the receipt; without one there is no number")),
    soldAt: Type.Optional(InstantIn("Now by default; at most 7 days ago and 5 minutes ahead")),
    onShort: Type.Optional(
      Word(
        ["refuse", "record"],
        "What to do with what is not on the books: refuse (default), or record a shortfall (tills)",
      ),
    ),
    discount: Type.Optional(AmountIn),
    lines: Type.Array(NewSaleLine, { minItems: 1, maxItems: linesMax }),
    payments: Type.Array(Payment, {
      maxItems: paymentsMax,
      description: "What was tendered; change is given from cash only",
    }),
  },
  {
    description: "A sale: stock, cost, tax and payment in one",
    examples: [
      {
        id: example,
        siteId: example,
        tillId: example,
        lines: [{ itemId: example, quantity: "2" }],
        payments: [{ method: "cash", amount: "10.00" }],
      },
    ],
  },
);
export type NewSale = Static<typeof NewSale>;

export const SaleLine = Strict({
  id: Id("The line"),
  itemId: Id("The item"),
  name: Type.String({ description: "The item's name as printed" }),
  quantity: QuantityOut,
  unit: Type.String({ description: "The unit it was sold in" }),
  unitPrice: PriceOut,
  gross: AmountOut,
  discount: AmountOut,
  taxCode: Nullable(Type.String({ description: "The item's tax code at the time" })),
  taxRate: DecimalOut("Per cent", "13.5"),
  net: AmountOut,
  tax: AmountOut,
  total: AmountOut,
  cost: Guarded("costs.read", Nullable(ValueOut)),
  costPending: Type.Boolean({ description: "Part of it was not on the books yet" }),
  shortQuantity: QuantityOut,
  refundedQuantity: DecimalOut("How much of it was given back, in the unit it was sold in", "0"),
});

export const Sale = Strict(
  {
    id: Id("The sale"),
    kind: Word(["sale", "history"], "A sale, or history imported from another system"),
    siteId: Id("Where it was sold"),
    tillId: Nullable(Id("The till")),
    receiptNumber: Nullable(Type.Integer({ description: "Gapless for each till" })),
    receiptHash: Nullable(Type.String({ description: "Links this receipt to the one before it" })),
    foreignNumber: Nullable(Type.String({ description: "The number on an imported ticket" })),
    businessDate: DateOnly("The trading day it belongs to"),
    soldAt: InstantOut("When it was sold"),
    recordedAt: InstantOut("When it was written to the books"),
    status: Word(["completed", "voided"], "What became of it"),
    currency: Type.String({ description: "ISO 4217 code", examples: ["EUR"] }),
    lines: Type.Array(SaleLine),
    net: AmountOut,
    tax: AmountOut,
    total: AmountOut,
    payments: Type.Array(PaymentOut),
    change: AmountOut,
    rounding: DecimalOut("Cash rounding, signed", "0.00"),
    refundedTotal: DecimalOut("What its refunds have given back", "0.00"),
    version: Version,
  },
  { description: "A sale as it was recorded; nothing in it is ever recomputed" },
);
export type Sale = Static<typeof Sale>;
export type SaleLine = Static<typeof SaleLine>;

export const SalePage = PageOf(Sale, "Sales, newest business date first");
export type SalePage = Static<typeof SalePage>;

export const NewVoid = Strict(
  { reason: Text(500, "Why it is undone", "Rang up the wrong loaf"), approvalId },
  {
    description: "Undoes a sale on its own business date",
    examples: [{ reason: "Rang up the wrong loaf" }],
  },
);
export type NewVoid = Static<typeof NewVoid>;
