import { defineJob } from "#platform/jobs.ts";
import { Strict } from "#platform/schema.ts";
import { bringInUpload } from "./service/bring-in.ts";
import { handOverUpload } from "./service/hint.ts";
import { importQueue, inspectQueue, removeQueue } from "./service/queues.ts";
import { removeObjects } from "./service/remove.ts";
import { sweepUploads } from "./service/sweep.ts";

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

const sweepJob = defineJob({
  name: "uploads.sweep",
  shape: Strict({}),
  handler: (ctx) => sweepUploads(ctx),
  schedule: { everyMinutes: 60, offsetMinutes: 23 },
  wakes: [removeQueue],
  retryLimit: 3,
  expireSeconds: 1_800,
});

export const uploadJobs = [inspectJob, importJob, removeJob, sweepJob] as const;
