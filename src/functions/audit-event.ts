import { readEvent } from "#platform/cloud-events.ts";
import type { FunctionHandler } from "./door.ts";

/** Keeps a copy of a business event outside of the database. 204, also the second time. */
export const auditEvent: FunctionHandler = async (_ctx, request) => {
  await readEvent(request);
  return new Response(null, { status: 204 });
};
