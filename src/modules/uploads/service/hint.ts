import { eventMessage } from "#platform/cloud-events.ts";
import type { Ctx } from "#platform/context.ts";
import { bucketOf } from "#platform/storage.ts";
import { findUpload } from "../queries/uploads.ts";
import { finalizedType } from "../rules/storage-events.ts";
import { inspectUpload } from "./inspect.ts";

const timeoutMs = 240_000;

/**
 * Has a received upload looked at: by the function, told of it as Google's storage would, or here where
 * there is none.
 */
export async function handOverUpload(ctx: Ctx, id: string): Promise<void> {
  const row = await findUpload(ctx.app.db, id);
  if (row === undefined) return;
  const { objectName: name, saidType: contentType } = row;
  if (!ctx.app.functions.has("uploadFinalized")) {
    await inspectUpload(ctx, name);
    return;
  }
  const bucket = bucketOf(ctx.app.config.services.storageUrl) ?? "";
  const time = row.upload.receivedAt ?? ctx.now().toISOString();
  const message = eventMessage({
    id,
    source: `//storage.googleapis.com/projects/_/buckets/${bucket}`,
    type: finalizedType,
    subject: `objects/${name}`,
    time,
    data: {
      kind: "storage#object",
      bucket,
      name,
      contentType,
      size: row.upload.bytes,
      timeCreated: time,
    },
  });
  await ctx.app.functions.call(ctx, "uploadFinalized", { ...message, timeoutMs });
}
