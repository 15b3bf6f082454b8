import { followStorageEvent } from "#modules/uploads/index.ts";
import { readEvent } from "#platform/cloud-events.ts";
import type { FunctionHandler } from "./door.ts";

/** Looks at an object that has arrived whole. 204, also for what is none of our business. */
export const uploadFinalized: FunctionHandler = async (ctx, request) => {
  await followStorageEvent(ctx, await readEvent(request));
  return new Response(null, { status: 204 });
};
