import { defineJob } from "#platform/jobs.ts";
import { Strict } from "#platform/schema.ts";
import { bringInUpload } from "./service/bring-in.ts";
import { giveUpUploads } from "./service/give-up.ts";
import { handOverUpload } from "./service/hint.ts";
import { importQueue, inspectQueue, removeQueue } from "./service/queues.ts";
import { removeObjects } from "./service/remove.ts";
import { sweepObjects } from "./service/sweep.ts";

const removeJob = defineJob({
  ...removeQueue,
  handler: (ctx, { uploadId }) => removeObjects(ctx, uploadId),
});

const importJob = defineJob({
  ...importQueue,
  handler: (ctx, { uploadId }) => bringInUpload(ctx, uploadId),
});

const inspectJob = defineJob({
  ...inspectQueue,
  handler: (ctx, { uploadId }) => handOverUpload(ctx, uploadId),
  wakes: [importQueue, removeQueue],
});

const giveUpJob = defineJob({
  name: "uploads.give-up",
  shape: Strict({}),
  handler: (ctx) => giveUpUploads(ctx),
  schedule: { everyMinutes: 5 },
  wakes: [removeQueue],
  retryLimit: 3,
  keepSeconds: 3_600,
});

/** What is deleted or refused goes at once, by its own job: this finds what came after that. */
const sweepJob = defineJob({
  name: "uploads.sweep",
  shape: Strict({}),
  handler: (ctx) => sweepObjects(ctx),
  schedule: { everyMinutes: 1_440, offsetMinutes: 143 },
  retryLimit: 3,
  expireSeconds: 7_200,
});

export const uploadJobs = [inspectJob, importJob, removeJob, giveUpJob, sweepJob] as const;
