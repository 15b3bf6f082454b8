import {
  AmountOut,
  DateOnly,
  DecimalOut,
  Guarded,
  Id,
  InstantOut,
  Nullable,
  PageOf,
  PositiveQuantity,
  PriceOut,
  type Static,
  Strict,
  Text,
  Type,
  ValueOut,
  Word,
} from "#platform/schema.ts";
import { approvalId, example, linesMax, Payment, PaymentOut, paymentsMax } from "./sale.ts";

const dispositions = ["waste", "restock", "none"] as const;

const NewRefundLine = Strict({
  lineId: Id("The line of the sale"),
  quantity: PositiveQuantity,
  disposition: Type.Optional(
    Word(
      dispositions,
      "What becomes of it: thrown away (default), back on the shelf, or nothing came back",
    ),
  ),
});

export const NewRefund = Strict(
  {
    tillId: Type.Optional(Id("The till that gives the money, of the sale's site")),
    reason: Text(500, "Why it is given back", "The loaf was burnt"),
    lines: Type.Array(NewRefundLine, { minItems: 1, maxItems: linesMax }),
    payments: Type.Optional(
      Type.Array(Payment, {
        maxItems: paymentsMax,
        description: "How it is given back: by default the way it was paid",
      }),
    ),
    approvalId,
  },
  {
    description: "Gives back part of a sale, or all of it",
    examples: [
      {
        reason: "The loaf was burnt",
        lines: [{ lineId: example, quantity: "1", disposition: "waste" }],
      },
    ],
  },
);
export type NewRefund = Static<typeof NewRefund>;

const RefundLine = Strict({
  id: Id("The refund's line"),
  lineId: Nullable(Id("The line of the sale; null for an imported return that matches none")),
  itemId: Id("The item"),
  name: Type.String({ description: "The item's name as printed" }),
  quantity: DecimalOut("In the unit it was sold in", "1"),
  unit: Type.String({ description: "The unit it was sold in" }),
  unitPrice: PriceOut,
  disposition: Word(dispositions, "What became of it"),
  gross: AmountOut,
  discount: AmountOut,
  taxCode: Nullable(Type.String({ description: "The sale's tax code" })),
  taxRate: DecimalOut("Per cent", "13.5"),
  net: AmountOut,
  tax: AmountOut,
  total: AmountOut,
  cost: Guarded("costs.read", Nullable(ValueOut)),
});

export const Refund = Strict(
  {
    id: Id("The refund"),
    kind: Word(["refund", "history"], "A refund, or a return imported from another system"),
    siteId: Id("Where it was given back"),
    saleId: Nullable(Id("The sale; null for an imported return that matches none")),
    tillId: Nullable(Id("The till that gave the money")),
    foreignNumber: Nullable(Type.String({ description: "The number on an imported ticket" })),
    reason: Nullable(Type.String({ description: "Why; null for imported history" })),
    businessDate: DateOnly("The trading day it belongs to"),
    refundedAt: InstantOut("When it was given back"),
    recordedAt: InstantOut("When it was written to the books"),
    actor: Type.String({
      description: "Who did it",
      examples: ["0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e"],
    }),
    currency: Type.String({ description: "ISO 4217 code", examples: ["EUR"] }),
    lines: Type.Array(RefundLine),
    net: AmountOut,
    tax: AmountOut,
    total: AmountOut,
    payments: Type.Array(PaymentOut),
    rounding: DecimalOut("Cash rounding, signed: payments less total", "0.00"),
  },
  { description: "Money given back for a sale; nothing in it is ever recomputed" },
);
export type Refund = Static<typeof Refund>;
export type RefundLine = Static<typeof RefundLine>;

export const RefundPage = PageOf(Refund, "Refunds, newest business date first");
export type RefundPage = Static<typeof RefundPage>;
