import { defineQueue } from "#platform/jobs.ts";
import { Strict, Type } from "#platform/schema.ts";

/** Tried for about a day: what people are not told of by then, they find in the list. */
export const noticeQueue = defineQueue({
  name: "alerts.notify",
  shape: Strict({ noticeId: Type.String() }),
  retryLimit: 32,
  retryDelaySeconds: 10,
  retryDelayMaxSeconds: 3_600,
  expireSeconds: 60,
});
