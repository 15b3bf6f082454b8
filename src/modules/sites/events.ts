import { defineEvent } from "#platform/events.ts";
import { Strict } from "#platform/schema.ts";

// The subject is the site: its closes and reopenings stay in their order.
export const periodClosed = defineEvent("period.closed", Strict({}));
export const periodReopened = defineEvent("period.reopened", Strict({}));

/** Its zone or its cutover, by which all its business dates are told. */
export const siteClockChanged = defineEvent("site.clock_changed", Strict({}));

export const sitesEvents = [periodClosed, periodReopened, siteClockChanged] as const;
