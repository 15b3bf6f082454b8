import { defineEvent } from "#platform/events.ts";
import { Strict } from "#platform/schema.ts";

// The subject is the run, also when it is reversed: then the day is that of the reversal.
export const runRecorded = defineEvent("run.recorded", Strict({}));
export const runReversed = defineEvent("run.reversed", Strict({}));

export const productionEvents = [runRecorded, runReversed] as const;
