import {
  AmountOut,
  DateOnly,
  DecimalOut,
  Guarded,
  Id,
  InstantOut,
  Nullable,
  Type,
  ValueOut,
} from "#platform/schema.ts";

export const Name = (description: string, example: string) =>
  Type.String({ description, examples: [example] });
export const Count = (description: string) => Type.Integer({ description, examples: [3] });
export const Money = (description: string) => DecimalOut(description, "3.50");
export const Quantity = (description: string) => DecimalOut(description);

export const ofSite = {
  siteId: Id("The site"),
  siteName: Name("Name of the site", "Harbour Street"),
};
export const ofDay = { ...ofSite, businessDate: DateOnly("The site's business date") };
export const ofItem = {
  itemId: Id("The item"),
  itemName: Name("Name of the item", "Sourdough"),
  unit: Name("The item's stock unit", "piece"),
};
export const computed = { computedAt: InstantOut("When these numbers were computed") };

export const tickets = {
  sales: Count("Sales, voided ones left out"),
  refunds: Count("Refunds given"),
  voids: Count("Sales voided"),
};

/** A value that only those see who may see costs. */
export const Costly = (description: string) =>
  Guarded("costs.read", DecimalOut(description, "10.5"));
const CostlyOrUnknown = (description: string) =>
  Guarded("costs.read", Nullable({ ...ValueOut, description }));

export const margins = {
  cost: CostlyOrUnknown(
    "What was sold cost by now, less what refunds gave back; null where nothing of it is known",
  ),
  margin: CostlyOrUnknown("`marginOf` less its cost; null where no cost is known and final"),
  marginOf: Guarded(
    "costs.read",
    Nullable({ ...AmountOut, description: "Net revenue whose cost is known and final" }),
  ),
  pendingLines: Count("Lines sold short whose cost is still to come"),
};

export const takings = {
  gross: Money("Price by quantity, before discounts"),
  discount: Money("Discounts given"),
  net: Money("Sold, without tax"),
  tax: Money("Tax of what was sold"),
  total: Money("Sold, with tax"),
  refundNet: Money("Given back, without tax"),
  refundTax: Money("Tax given back"),
  refundTotal: Money("Given back, with tax"),
  voidTotal: Money("Totals of voided sales, in none of the others"),
  revenueNet: Money("Net less refunds"),
  revenueGross: Money("Total less refunds, with tax"),
  ...margins,
};
