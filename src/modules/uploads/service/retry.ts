import { authorise } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import { enqueueAgain } from "#platform/jobs-given-up.ts";
import * as errors from "../errors.ts";
import type { Upload } from "../model/upload.ts";
import { waitAgain } from "../queries/imports.ts";
import { findUpload } from "../queries/uploads.ts";
import { gaveUp } from "../rules/import-problems.ts";
import { importQueue } from "./queues.ts";
import { requireChangeable } from "./sight.ts";

/**
 * Has an import tried again that was given up; it goes on where it stopped. Throws `uploads.not_found`
 * (404) and `uploads.not_given_up` (409).
 */
export async function retryImport(ctx: Ctx, id: string): Promise<Upload> {
  authorise(ctx, "imports.record");
  const { upload } = await requireChangeable(ctx, id);
  const { purpose, siteId } = upload;
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await waitAgain(tx, id, gaveUp.code))) throw errors.notGivenUp();
    const subject = { kind: "upload", id };
    await recordDeed(tx, ctx, { action: "upload.retried", subject, siteId, after: { purpose } });
    await enqueueAgain(tx, importQueue, { uploadId: id }, { key: id });
  });
  return (await findUpload(ctx.app.db, id))?.upload ?? upload;
}
