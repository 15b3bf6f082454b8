import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import type { Run, RunPage } from "../model.ts";
import * as queries from "../queries/read.ts";

/** A run with what it took, lot by lot. Throws `production.not_found`. */
export async function getRun(ctx: Ctx, id: string): Promise<Run> {
  const run = await queries.findRun(ctx.app.db, id);
  if (run === undefined) throw errors.runNotFound();
  return run;
}

/** Newest first. */
export function listRuns(ctx: Ctx, query: queries.RunFilter): Promise<RunPage> {
  return queries.listRuns(ctx.app.db, query);
}
