import { getVisible, listVisible } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import { Run, RunPage } from "../model.ts";
import * as queries from "../queries/read.ts";

const permission = "production.read";

/** A run with what it took, lot by lot. Throws `production.not_found`. */
export function getRun(ctx: Ctx, id: string): Promise<Run> {
  const missing = errors.runNotFound;
  return getVisible(ctx, { permission, shape: Run, missing }, () =>
    queries.findRun(ctx.app.db, id),
  );
}

/** Newest first. */
export function listRuns(ctx: Ctx, query: queries.RunFilter): Promise<RunPage> {
  return listVisible(ctx, { permission, shape: RunPage, query }, (scoped) =>
    queries.listRuns(ctx.app.db, scoped),
  );
}
