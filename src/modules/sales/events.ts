import { defineEvent } from "#platform/events.ts";
import { Strict } from "#platform/schema.ts";

/** The subject is the sale. */
export const saleRecorded = defineEvent("sale.recorded", Strict({}));
