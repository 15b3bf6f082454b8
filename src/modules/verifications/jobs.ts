import { defineJob } from "#platform/jobs.ts";
import { Strict } from "#platform/schema.ts";
import { verifyBooks } from "./service.ts";

/** Every night at 02:40 UTC, when few tills are open anywhere near. */
export const verifyJob = defineJob({
  name: "verifications.verify-books",
  shape: Strict({}),
  handler: (ctx) => verifyBooks(ctx),
  schedule: { everyMinutes: 1_440, offsetMinutes: 160 },
  // Large books take minutes; a run that was lost may be repeated from the start.
  expireSeconds: 3_600,
  retryLimit: 3,
  keepSeconds: 7 * 86_400,
});
