import { defineJob } from "./jobs.ts";
import { Strict, Type } from "./schema.ts";

/**
 * Tells the cache what changed, after the process that changed it should have: it may have ended, or
 * not have reached Redis.
 */
export const forgetJob = defineJob({
  name: "platform.forget-answers",
  shape: Strict({ tags: Type.Array(Type.String(), { maxItems: 50 }) }),
  handler: (ctx, { tags }) => ctx.app.cache.forget(tags),
});
