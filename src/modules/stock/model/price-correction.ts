import {
  AmountIn,
  AmountOut,
  DecimalOut,
  Id,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Text,
  Type,
  Word,
} from "#platform/schema.ts";
import { documentOut, exampleId, linesMax } from "./document.ts";

const { Optional } = Type;
const signed = (description: string) => DecimalOut(`${description}; below 0 if it got cheaper`);

export const NewPriceCorrection = Strict(
  {
    id: Optional(Id("Given by the client or the server")),
    reason: Optional(Text(200, "Why the price changed", "Invoice INV-2044")),
    lines: Type.Array(Strict({ lineId: Id("A line of the receipt"), totalCost: AmountIn }), {
      minItems: 1,
      maxItems: linesMax,
    }),
  },
  {
    description: "What lines of a receipt cost after all; each differs from what it cost before",
    examples: [{ reason: "Invoice", lines: [{ lineId: exampleId, totalCost: "150.00" }] }],
  },
);
export type NewPriceCorrection = Static<typeof NewPriceCorrection>;

export const costKinds = ["sale", "waste", "count", "return", "loss"] as const;

const PriceCorrectionLine = Strict({
  lineId: Id("The receipt's line"),
  itemId: Id("The item"),
  previousCost: AmountOut,
  totalCost: AmountOut,
});

const WentTo = Strict(
  {
    stock: signed("Stayed with what is on hand"),
    sale: signed("Cost of what was sold"),
    waste: signed("Cost of what was thrown away"),
    count: signed("Cost of what counts found missing"),
    return: signed("Cost of what went back to the supplier"),
    loss: signed("Abnormal loss of runs"),
  },
  { description: "Where the difference went; the parts add up to it" },
);

export const PriceCorrection = Strict(
  {
    ...documentOut,
    receiptId: Id("The receipt"),
    reason: Nullable(Type.String({ description: "Why the price changed" })),
    difference: signed("What the receipt costs more"),
    wentTo: WentTo,
    lines: Type.Array(PriceCorrectionLine),
  },
  { description: "A price that came late, and where its difference went" },
);
export type PriceCorrection = Static<typeof PriceCorrection>;
export const PriceCorrectionPage = PageOf(PriceCorrection, "Price corrections, newest first");
export type PriceCorrectionPage = Static<typeof PriceCorrectionPage>;

const CorrectedLayer = Strict({
  id: Id("The movement that adjusted it"),
  layerId: Id("The layer"),
  lotId: Id("Its lot"),
  itemId: Id("The item"),
  siteId: Id("The site"),
  value: signed("What the layer is worth more"),
});
export const CorrectedLayerPage = PageOf(CorrectedLayer, "The layers that kept some of it");
export type CorrectedLayerPage = Static<typeof CorrectedLayerPage>;

const CostAdjustment = Strict({
  id: Id("The adjustment"),
  kind: Word(costKinds, "Whose cost changed"),
  itemId: Id("The item that was taken, or that the run made"),
  siteId: Id("The site"),
  layerId: Nullable(Id("The layer it was taken from; of a loss the run's output")),
  movementId: Nullable(Id("The movement that took it; null for a loss")),
  sourceId: Id("The sale, waste, count, reversal, refund or run"),
  sourceLineId: Nullable(Id("The document's line")),
  quantity: DecimalOut("How much of it, in the stock unit"),
  value: signed("What it costs more"),
});
export const CostAdjustmentPage = PageOf(CostAdjustment, "Costs that changed afterwards");
export type CostAdjustmentPage = Static<typeof CostAdjustmentPage>;
