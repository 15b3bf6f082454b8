import { defineEvent } from "#platform/events.ts";
import { Strict, Type } from "#platform/schema.ts";

// The subject is the document, also when it is reversed: then the day is that of the reversal.
export const receiptRecorded = defineEvent("receipt.recorded", Strict({}));
export const receiptReversed = defineEvent("receipt.reversed", Strict({}));
export const wasteRecorded = defineEvent("waste.recorded", Strict({}));
export const wasteReversed = defineEvent("waste.reversed", Strict({}));
export const countRecorded = defineEvent("count.recorded", Strict({}));
export const countReversed = defineEvent("count.reversed", Strict({}));

/** One for each of the two sites, on its own business date; the subject is the transfer. */
export const transferRecorded = defineEvent(
  "transfer.recorded",
  Strict({ otherSiteId: Type.String() }),
);

/** A late price; the subject is the receipt. */
export const priceCorrected = defineEvent(
  "price.corrected",
  Strict({ correctionId: Type.String() }),
);

/** At all sites; the subject is the lot that the hold was put on. */
export const lotHeld = defineEvent("lot.held", Strict({ holdId: Type.String() }));
export const lotReleased = defineEvent("lot.released", Strict({ holdId: Type.String() }));

/** Opening stock of a site, dated back as far as it goes; the subject is the import. */
export const stockOpened = defineEvent("stock.opened", Strict({}));

export const stockEvents = [
  receiptRecorded,
  receiptReversed,
  wasteRecorded,
  wasteReversed,
  countRecorded,
  countReversed,
  transferRecorded,
  priceCorrected,
  lotHeld,
  lotReleased,
  stockOpened,
] as const;
