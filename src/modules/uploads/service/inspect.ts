import { Buffer } from "node:buffer";
import type { Ctx } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";
import { chunksOf, storageOf } from "#platform/storage.ts";
import { countFailure, markReceived } from "../queries/states.ts";
import { findUploadOf, type UploadRow } from "../queries/uploads.ts";
import { ContentScan } from "../rules/content-scan.ts";
import { judge } from "../rules/content-type.ts";
import { thumbnailNameOf } from "../rules/objects.ts";
import { type PictureSize, pictureSize, pixelsMax } from "../rules/picture-size.ts";
import { purposeRules } from "../rules/purposes.ts";
import type { Refusal } from "../rules/refusals.ts";
import { acceptUpload, refuseUpload } from "./decide.ts";
import { scanContent } from "./scan.ts";
import { makeThumbnail, UnreadablePicture } from "./thumbnail.ts";

/** What came of looking: `ignored` if there was nothing to decide. */
export type Outcome = "accepted" | "refused" | "ignored";

const failuresMax = 5;
const thumbnailBytesMax = 1_048_576;

/**
 * Looks at an object that has arrived and accepts or refuses its upload, by its content. Whoever calls
 * only gives a hint: what is no upload, not there, or decided already is ignored, so that it may be
 * called any number of times and in any order. What fails five times for no reason we know is refused.
 */
export async function inspectUpload(ctx: Ctx, objectName: string): Promise<Outcome> {
  const row = await findUploadOf(ctx.app.db, objectName);
  if (row === undefined || !["waiting", "received"].includes(row.upload.state)) return "ignored";
  if ((await storageOf(ctx.app).find(objectName)) === undefined) return "ignored";
  const { id } = row.upload;
  if (row.upload.state === "waiting")
    await ctx.app.db.withTransaction((tx) => markReceived(tx, id));
  try {
    return await look(ctx, row);
  } catch (error) {
    // That storage or a scanner is away is nothing the file could help.
    if (error instanceof AppError) throw error;
    const failures = await ctx.app.db.withTransaction((tx) => countFailure(tx, id));
    if (failures === undefined) return "ignored";
    if (failures < failuresMax) throw error;
    ctx.log.error("An upload cannot be looked at", error, { uploadId: id });
    return ended(await refuseUpload(ctx, id, "failed", undefined), "refused");
  }
}

const ended = (isOurs: boolean, outcome: Outcome): Outcome => (isOurs ? outcome : "ignored");

async function look(ctx: Ctx, row: UploadRow): Promise<Outcome> {
  const { upload, objectName, saidType, saidBytes } = row;
  const read = await readThrough(ctx, row);
  if (read === undefined) return "ignored";
  const { scan, whole } = read;
  const expected = { purpose: upload.purpose, contentType: saidType, bytes: saidBytes };
  const { foundType, refusal } = await judge(scan, expected);
  const found = { foundType, bytes: scan.bytes, sha256: scan.sha256() };
  const refuse = async (why: Refusal) =>
    ended(await refuseUpload(ctx, upload.id, why, found), "refused");
  if (refusal !== undefined) return refuse(refusal);
  if (await scanContent(ctx, objectName)) return refuse("infected");
  const picture = foundType?.startsWith("image/")
    ? await lookAtPicture(ctx, row, whole)
    : noPicture;
  if (picture.refusal !== undefined) return refuse(picture.refusal);
  const { size, thumbnailName } = picture;
  const facts = { width: size?.width ?? null, height: size?.height ?? null, thumbnailName };
  return ended(await acceptUpload(ctx, upload, { ...found, ...facts }), "accepted");
}

interface Picture {
  readonly refusal?: Refusal;
  readonly size?: PictureSize;
  readonly thumbnailName: string | null;
}

const noPicture: Picture = { thumbnailName: null };

/** Reads the object once; only what may be a picture, which is small, is kept. */
async function readThrough(ctx: Ctx, { upload, objectName, saidType }: UploadRow) {
  const body = await storageOf(ctx.app).read(objectName);
  if (body === undefined) return undefined;
  const scan = new ContentScan();
  const kept: Uint8Array[] = [];
  const { bytesMax } = purposeRules[upload.purpose];
  for await (const chunk of chunksOf(body)) {
    scan.add(chunk);
    if (scan.bytes > bytesMax) break;
    if (saidType.startsWith("image/")) kept.push(chunk);
  }
  return { scan, whole: () => Buffer.concat(kept) };
}

async function lookAtPicture(
  ctx: Ctx,
  { objectName }: UploadRow,
  whole: () => Uint8Array,
): Promise<Picture> {
  const bytes = whole();
  const size = pictureSize(bytes);
  if (size === undefined) return { ...noPicture, refusal: "unreadable" };
  if (size.width * size.height > pixelsMax) return { ...noPicture, refusal: "too_many_pixels" };
  try {
    const small = await makeThumbnail(bytes);
    if (small === undefined) return { size, thumbnailName: null };
    const thumbnailName = thumbnailNameOf(objectName);
    const options = { contentType: "image/webp", bytesMax: thumbnailBytesMax };
    await storageOf(ctx.app).put(thumbnailName, small, options);
    return { size, thumbnailName };
  } catch (error) {
    if (!(error instanceof UnreadablePicture)) throw error;
    return { ...noPicture, refusal: "unreadable" };
  }
}
