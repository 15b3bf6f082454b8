import type { Ctx } from "#platform/context.ts";
import { listGivenUp } from "#platform/jobs-given-up.ts";
import { failImports, listImports } from "../queries/imports.ts";
import { listUnfinished } from "../queries/states.ts";
import { gaveUp } from "../rules/import-problems.ts";
import { refuseUpload } from "./decide.ts";
import { importQueue } from "./queues.ts";

const dayMs = 86_400_000;

/**
 * Ends uploads that were announced a day ago and have not ended, and imports that nobody is at any more:
 * they say that they failed, and why.
 */
export async function giveUpUploads(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.now().getTime() - dayMs).toISOString();
  for (const { id, state } of await listUnfinished(ctx.app.db, before)) {
    await refuseUpload(ctx, id, state === "waiting" ? "never_sent" : "failed", undefined);
  }
  const jobs = (await listImports(ctx.app.db)).map((uploadId) => ({ uploadId }));
  const lost = await listGivenUp(ctx.app.db, importQueue, jobs);
  if (lost.length === 0) return;
  const ids = lost.map(({ uploadId }) => uploadId);
  await ctx.app.db.withTransaction((tx) => failImports(tx, ids, gaveUp));
  for (const uploadId of ids) ctx.log.warn("An import was given up", { uploadId });
}
