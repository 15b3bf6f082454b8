import { InstantOut, PageOf, type Static, Strict, Word } from "#platform/schema.ts";
import { Costly, Count, computed, Money, ofDay, ofItem, Quantity } from "./fields.ts";

export const WasteDay = Strict(
  {
    ...ofDay,
    ...ofItem,
    quantity: Quantity("Thrown away, refunds that were thrown away too, less what was reversed"),
    value: Costly("What it was worth, late prices included"),
    ...computed,
  },
  { description: "A day's waste of an item" },
);
export type WasteDay = Static<typeof WasteDay>;
export const WasteDayPage = PageOf(WasteDay, "Items of days, newest day first");
export type WasteDayPage = Static<typeof WasteDayPage>;

export const MaterialDay = Strict(
  {
    ...ofDay,
    ...ofItem,
    usedQuantity: Quantity("Consumed by runs, less runs reversed on the day"),
    usedValue: Costly("What that was worth"),
    orderedQuantity: Quantity("Consumed by sales of what is made to order"),
    orderedValue: Costly("What that was worth"),
    wastedQuantity: Quantity("Thrown away"),
    wastedValue: Costly("What that was worth, late prices included"),
    countedQuantity: Quantity("Found by counts; missing is negative"),
    countedValue: Costly("What that was worth"),
    receivedQuantity: Quantity("Received less returned"),
    receivedValue: Costly("What that was worth"),
    madeQuantity: Quantity("Made by runs, less runs reversed on the day"),
    madeValue: Costly("What that was worth"),
    soldQuantity: Quantity("Sold as itself, less what came back"),
    soldValue: Costly("What the ledger took for that on the day"),
    transferredQuantity: Quantity("Brought from other sites less taken there"),
    transferredValue: Costly("What that was worth"),
    correctedValue: Costly("What late prices added to what was on hand"),
    ...computed,
  },
  { description: "What the ledger moved of an item on a day, by cause" },
);
export type MaterialDay = Static<typeof MaterialDay>;
export const MaterialDayPage = PageOf(MaterialDay, "Items of days, newest day first");
export type MaterialDayPage = Static<typeof MaterialDayPage>;

export const ProductionDay = Strict(
  {
    ...ofDay,
    ...ofItem,
    runs: Count("Runs, reversed ones left out"),
    expected: Quantity("What the recipes promised"),
    made: Quantity("What came out good"),
    lost: Quantity("What was missing from what was expected"),
    cost: Costly("What the runs cost as they were recorded"),
    lostValue: Costly("The part of it that was lost, late prices included"),
    ...computed,
  },
  { description: "What was made of an item on a day" },
);
export type ProductionDay = Static<typeof ProductionDay>;
export const ProductionDayPage = PageOf(ProductionDay, "Items of days, newest day first");
export type ProductionDayPage = Static<typeof ProductionDayPage>;

export const PaymentDay = Strict(
  {
    ...ofDay,
    method: Word(["cash", "card", "voucher"], "The tender"),
    taken: Money("Taken for sales, change left out"),
    refunded: Money("Paid out for refunds"),
    net: Money("Taken less refunded"),
    ...computed,
  },
  { description: "What a tender brought on a day" },
);
export type PaymentDay = Static<typeof PaymentDay>;
export const PaymentDayPage = PageOf(PaymentDay, "Tenders of days, newest day first");
export type PaymentDayPage = Static<typeof PaymentDayPage>;

export const SellOut = Strict(
  {
    ...ofDay,
    ...ofItem,
    soldOutAt: InstantOut("When a sale took the last of it; none was made after that day"),
    ...computed,
  },
  { description: "A product that was sold out" },
);
export type SellOut = Static<typeof SellOut>;
export const SellOutPage = PageOf(SellOut, "Products of days, newest day first");
export type SellOutPage = Static<typeof SellOutPage>;
