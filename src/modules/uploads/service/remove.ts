import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import { enqueue } from "#platform/jobs.ts";
import { storageOf } from "#platform/storage.ts";
import { markDeleted } from "../queries/states.ts";
import { findUpload } from "../queries/uploads.ts";
import { thumbnailNameOf } from "../rules/objects.ts";
import { removeQueue } from "./queues.ts";
import { requireChangeable } from "./sight.ts";

/** Deletes an upload, for good: nobody reads it from now on, and its objects go soon. */
export async function deleteUpload(ctx: Ctx, id: string): Promise<void> {
  const { upload } = await requireChangeable(ctx, id);
  const { purpose, siteId } = upload;
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await markDeleted(tx, id))) return;
    const subject = { kind: "upload", id };
    await recordDeed(tx, ctx, { action: "upload.deleted", subject, siteId, before: { purpose } });
    await enqueue(tx, removeQueue, { uploadId: id }, { key: id });
  });
}

/** Deletes the objects of an upload that was deleted or refused; a second time changes nothing. */
export async function removeObjects(ctx: Ctx, id: string): Promise<void> {
  const row = await findUpload(ctx.app.db, id);
  if (row === undefined || !["deleted", "refused"].includes(row.upload.state)) return;
  const storage = storageOf(ctx.app);
  await storage.delete(row.objectName);
  await storage.delete(thumbnailNameOf(row.objectName));
}
