import { keepEvent } from "#modules/audit/index.ts";
import { readEvent } from "#platform/cloud-events.ts";
import type { FunctionHandler } from "./door.ts";

/** Keeps a copy of an audit entry outside of the database. 204, also the second time. */
export const auditEvent: FunctionHandler = async (ctx, request) => {
  await keepEvent(ctx, await readEvent(request));
  return new Response(null, { status: 204 });
};
