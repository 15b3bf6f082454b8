import {
  DateOnly,
  Guarded,
  Id,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Type,
  ValueOut,
} from "#platform/schema.ts";
import {
  Count,
  computed,
  Money,
  margins,
  ofDay,
  ofItem,
  ofSite,
  Quantity,
  takings,
  tickets,
} from "./fields.ts";

export const SalesDay = Strict(
  {
    ...ofDay,
    ...tickets,
    ...takings,
    rounding: Money("Cash rounding of sales less that of refunds"),
    ...computed,
    eventId: Nullable(Id("The newest event that asked for these numbers; null after a rebuild")),
  },
  { description: "A day's sales" },
);
export type SalesDay = Static<typeof SalesDay>;
export const SalesDayPage = PageOf(SalesDay, "Days, newest first");
export type SalesDayPage = Static<typeof SalesDayPage>;

export const SalesHour = Strict(
  {
    ...ofDay,
    hour: Type.Integer({
      minimum: 0,
      maximum: 23,
      description: "Hour of the site's clock; one that comes twice when clocks go back holds both",
      examples: [8],
    }),
    ...tickets,
    ...takings,
    ...computed,
  },
  { description: "An hour's sales" },
);
export type SalesHour = Static<typeof SalesHour>;
export const SalesHourPage = PageOf(
  SalesHour,
  "Hours of days, newest day first, by the hour of the clock",
);
export type SalesHourPage = Static<typeof SalesHourPage>;

export const SalesItem = Strict(
  {
    ...ofDay,
    ...ofItem,
    quantity: Quantity("Sold, in the stock unit"),
    refundQuantity: Quantity("Given back, in the stock unit"),
    voidQuantity: Quantity("Of voided sales, in the stock unit"),
    ...takings,
    ...computed,
  },
  { description: "A day's sales of an item" },
);
export type SalesItem = Static<typeof SalesItem>;
export const SalesItemPage = PageOf(SalesItem, "Items of days, newest day first");
export type SalesItemPage = Static<typeof SalesItemPage>;

export const BestSeller = Strict(
  {
    ...ofSite,
    rank: Count("1 is the best of its site"),
    ...ofItem,
    quantity: Quantity("Sold less given back, in the stock unit"),
    revenueNet: Money("Net less refunds"),
    revenueGross: Money("Total less refunds, with tax"),
    ...margins,
    computedAt: { ...computed.computedAt, description: "When the oldest of these was computed" },
  },
  { description: "What an item sold in a time, and how it ranks at its site" },
);
export type BestSeller = Static<typeof BestSeller>;
export const BestSellerPage = PageOf(BestSeller, "By site and rank");
export type BestSellerPage = Static<typeof BestSellerPage>;

const ofTrade = (what: string, days: string) =>
  Nullable(Money(`${what} a day of trade, of the ${days}; null without one`));

export const AverageDay = Strict(
  {
    ...ofDay,
    revenueNet: Money("Net less refunds of the day itself"),
    average7: ofTrade("Net revenue", "7 days that end with this one"),
    average28: ofTrade("Net revenue", "28 days that end with this one"),
    averageWeekday: ofTrade("Net revenue", "same weekdays in these 28 days"),
    days7: Count("Days of trade in the 7"),
    days28: Count("Days of trade in the 28"),
    ...computed,
  },
  { description: "Moving averages of a site's revenue; days without a sale do not count" },
);
export type AverageDay = Static<typeof AverageDay>;
export const AverageDayPage = PageOf(AverageDay, "Days, newest first");
export type AverageDayPage = Static<typeof AverageDayPage>;

export const AverageItem = Strict(
  {
    ...ofSite,
    on: DateOnly("The last of the days averaged"),
    ...ofItem,
    quantity7: Nullable(Quantity("A day of trade, of the 7 days that end with it")),
    quantity28: Nullable(Quantity("A day of trade, of the 28 days that end with it")),
    quantityWeekday: Nullable(Quantity("A day of trade, of the same weekdays in these 28 days")),
    ...computed,
  },
  { description: "How much of an item is sold a day; a day of trade without it counts as 0" },
);
export type AverageItem = Static<typeof AverageItem>;
export const AverageItemPage = PageOf(AverageItem, "By site and item");
export type AverageItemPage = Static<typeof AverageItemPage>;

export const ValuationDay = Strict(
  {
    ...ofDay,
    value: Guarded("costs.read", {
      ...ValueOut,
      description: "What stock was worth at the end of the day, by the ledger as it is known now",
    }),
    change: Guarded("costs.read", {
      ...ValueOut,
      description: "What it changed by on the day",
    }),
    ...computed,
  },
  { description: "What a site's stock was worth at a day's end" },
);
export type ValuationDay = Static<typeof ValuationDay>;
export const ValuationDayPage = PageOf(ValuationDay, "Days with movements, newest first");
export type ValuationDayPage = Static<typeof ValuationDayPage>;
