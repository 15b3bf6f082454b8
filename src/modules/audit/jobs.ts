import { subscribe } from "#platform/events.ts";
import { defineJob } from "#platform/jobs.ts";
import { Id, Strict } from "#platform/schema.ts";
import { entryRecorded } from "./events.ts";
import { sendEntry } from "./service/copy.ts";
import { sealAudit } from "./service/seal.ts";

/** What was done is fixed within about a minute. */
export const sealJob = defineJob({
  name: "audit.seal",
  shape: Strict({}),
  handler: (ctx) => sealAudit(ctx),
  schedule: { everyMinutes: 1 },
  // The next minute's does what these could not.
  retryLimit: 5,
  expireSeconds: 60,
  keepSeconds: 3_600,
});

/** A copy of each entry leaves the database; a day of failures, and it waits with the dead letters. */
export const sendJob = defineJob({
  name: "audit.send",
  shape: Strict({ entryId: Id() }),
  handler: (ctx, { entryId }) => sendEntry(ctx, entryId),
  retryLimit: 60,
  retryDelayMaxSeconds: 1_800,
  expireSeconds: 120,
  batchSize: 5,
  keepSeconds: 3_600,
});

export const sent = subscribe(entryRecorded, sendJob, ({ subjectId }) => ({
  payload: { entryId: subjectId },
}));
