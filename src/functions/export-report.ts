import type { FunctionHandler } from "./door.ts";

/** Renders an export that somebody asked for, and answers where it can be read. */
export const exportReport: FunctionHandler = async () => new Response(null, { status: 204 });
