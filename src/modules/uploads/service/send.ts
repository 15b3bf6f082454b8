import type { Ctx } from "#platform/context.ts";
import { enqueue } from "#platform/jobs.ts";
import { storageOf } from "#platform/storage.ts";
import * as errors from "../errors.ts";
import type { Upload } from "../model/upload.ts";
import { markReceived } from "../queries/states.ts";
import { findUpload, type UploadRow } from "../queries/uploads.ts";
import { inspectQueue } from "./queues.ts";
import { requireOwn } from "./sight.ts";

export interface SentContent {
  readonly id: string;
  /** Content-Length, if it was said. */
  readonly length: number | undefined;
  /** Opens the body: of that type and no larger, or it throws. */
  readonly open: (expected: {
    readonly types: readonly string[];
    readonly bytesMax: number;
  }) => AsyncIterable<Uint8Array>;
}

/**
 * Streams the content of an announced upload to its place; it is looked at next. What breaks off leaves
 * nothing and may be sent again. Throws `uploads.not_found` (404), `uploads.received` (409) and
 * `uploads.bytes_differ` (422).
 */
export async function sendContent(ctx: Ctx, { id, length, open }: SentContent): Promise<Upload> {
  const row = await requireOwn(ctx, id);
  if (row.upload.state !== "waiting") throw errors.alreadyReceived();
  const { saidBytes, saidType } = row;
  const body = open({ types: [saidType, "application/octet-stream"], bytesMax: saidBytes });
  if (length !== undefined && length < saidBytes) throw errors.otherLength(saidBytes);
  const isOurs = await store(ctx, row, body);
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await markReceived(tx, id))) {
      // The storage's own event may have been faster than we are.
      if (isOurs) return;
      throw errors.alreadyReceived();
    }
    await enqueue(tx, inspectQueue, { uploadId: id }, { key: id });
  });
  const received = await findUpload(ctx.app.db, id);
  if (received === undefined) throw errors.uploadNotFound();
  return received.upload;
}

/**
 * Stores all of it or nothing; false if there was content before. What is wrong with the body goes before
 * what storage says of it.
 */
async function store(
  ctx: Ctx,
  { objectName, saidType, saidBytes }: UploadRow,
  body: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  let broken: unknown;
  async function* checked() {
    let bytes = 0;
    try {
      for await (const chunk of body) {
        bytes += chunk.byteLength;
        yield chunk;
      }
      if (bytes !== saidBytes) throw errors.otherLength(saidBytes);
    } catch (error) {
      broken = error;
      throw error;
    }
  }
  const options = { contentType: saidType, bytesMax: saidBytes, ifAbsent: true };
  try {
    return (await storageOf(ctx.app).put(objectName, checked(), options)).isNew;
  } catch (error) {
    throw broken ?? error;
  }
}
