import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import { enqueue } from "#platform/jobs.ts";
import type { Upload } from "../model/upload.ts";
import { type Accepted, type Found, markAccepted, markRefused } from "../queries/states.ts";
import { findUpload } from "../queries/uploads.ts";
import type { Refusal } from "../rules/refusals.ts";
import { importQueue, removeQueue } from "./queues.ts";

/** Accepts an upload; an import begins. False if it was decided before. */
export async function acceptUpload(
  ctx: Ctx,
  { id, purpose, siteId }: Upload,
  accepted: Accepted,
): Promise<boolean> {
  return ctx.app.db.withTransaction(async (tx) => {
    if (!(await markAccepted(tx, id, accepted))) return false;
    const after = { purpose, format: accepted.foundType, contentHash: accepted.sha256 };
    const subject = { kind: "upload", id };
    await recordDeed(tx, ctx, { action: "upload.accepted", subject, siteId, after });
    if (purpose === "import") await enqueue(tx, importQueue, { uploadId: id }, { key: id });
    return true;
  });
}

/** Refuses an upload; its objects go. False if it was decided before. */
export async function refuseUpload(
  ctx: Ctx,
  id: string,
  refusal: Refusal,
  found: Found | undefined,
): Promise<boolean> {
  const row = await findUpload(ctx.app.db, id);
  if (row === undefined) return false;
  const { purpose, siteId } = row.upload;
  return ctx.app.db.withTransaction(async (tx) => {
    if (!(await markRefused(tx, id, refusal, found))) return false;
    const after = { purpose, refusal, contentHash: found?.sha256 };
    const subject = { kind: "upload", id };
    await recordDeed(tx, ctx, { action: "upload.refused", subject, siteId, after });
    await enqueue(tx, removeQueue, { uploadId: id }, { key: id });
    return true;
  });
}
