import { defineEvent } from "#platform/events.ts";
import { Strict, Type } from "#platform/schema.ts";

/** The subject is the sale. */
export const saleRecorded = defineEvent("sale.recorded", Strict({}));

/** The subject is the sale; the day is the sale's own. */
export const saleVoided = defineEvent("sale.voided", Strict({}));

/** The subject is the sale; the day is that of the refund. */
export const saleRefunded = defineEvent("sale.refunded", Strict({ refundId: Type.String() }));

/** Sales or returns of another system on one business date of a site, which is the subject. */
export const historyRecorded = defineEvent("history.recorded", Strict({}));

export const salesEvents = [saleRecorded, saleVoided, saleRefunded, historyRecorded] as const;
