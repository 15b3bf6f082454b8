import { defineEvent } from "#platform/events.ts";
import { Strict } from "#platform/schema.ts";

/** The subject is the entry. */
export const entryRecorded = defineEvent("audit.recorded", Strict({}));

export const auditEvents = [entryRecorded] as const;
