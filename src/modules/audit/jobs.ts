import { defineJob } from "#platform/jobs.ts";
import { Strict } from "#platform/schema.ts";
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
