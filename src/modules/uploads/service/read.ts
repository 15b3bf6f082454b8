import { authorise } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import { type ByteStream, chunksOf, openedLazily, storageOf } from "#platform/storage.ts";
import { FolderStorage } from "#platform/storage-folder.ts";
import * as errors from "../errors.ts";
import type { Upload, UploadPage } from "../model/upload.ts";
import * as queries from "../queries/uploads.ts";
import { withoutMetadata } from "../rules/picture-metadata.ts";
import { contentTypes, downloadName } from "../rules/purposes.ts";
import { requireReadable, requireSeen, sightOfUploads } from "./sight.ts";

/** An upload and what became of it. Throws `uploads.not_found` (404). */
export async function getUpload(ctx: Ctx, id: string): Promise<Upload> {
  return (await requireSeen(ctx, id)).upload;
}

/** One's own uploads, and those of records that the actor may read; newest first. */
export async function listUploads(ctx: Ctx, query: queries.UploadFilter): Promise<UploadPage> {
  authorise(ctx, "uploads.read");
  return queries.listUploads(ctx.app.db, query, sightOfUploads(ctx));
}

/** A file on its way to somebody. */
export interface OpenFile {
  readonly body: ByteStream;
  readonly contentType: string;
  readonly bytes: number;
  readonly fileName: string;
}

/**
 * The content of an accepted upload; of a product picture without what its camera wrote into it, as all
 * who see the catalog see it. Throws `uploads.not_found` (404), `uploads.not_accepted` (409).
 */
export async function openContent(ctx: Ctx, id: string): Promise<OpenFile> {
  const { upload, objectName } = await requireReadable(ctx, id);
  const { state, bytes, fileName } = upload;
  const contentType = contentTypes.find((each) => each === upload.contentType);
  if (state !== "accepted" || contentType === undefined) throw errors.contentNotThere();
  const file = { contentType, bytes, fileName: downloadName(fileName, contentType) };
  const { body } = await opened(ctx, objectName, file);
  if (upload.purpose !== "product_picture") return { ...file, body };
  const chunks = streamed(body);
  return { ...file, body: openedLazily(() => withoutMetadata(chunks, contentType)) };
}

async function* streamed(body: ByteStream): AsyncGenerator<Uint8Array> {
  yield* chunksOf(body);
}

/** A small WebP of an accepted picture. Throws `uploads.no_thumbnail` (404) where there is none. */
export async function openThumbnail(ctx: Ctx, id: string): Promise<OpenFile> {
  const { upload, thumbnailName } = await requireReadable(ctx, id);
  if (upload.state !== "accepted" || thumbnailName === null) throw errors.thumbnailNotThere();
  const found = await storageOf(ctx.app).find(thumbnailName);
  if (found === undefined) throw errors.thumbnailNotThere();
  const [contentType, fileName] = ["image/webp", `${upload.id}.webp`];
  return opened(ctx, thumbnailName, { contentType, bytes: found.bytes, fileName });
}

async function opened(ctx: Ctx, name: string, file: Omit<OpenFile, "body">): Promise<OpenFile> {
  const body = await storageOf(ctx.app).read(name);
  if (body === undefined) throw errors.fileNotFound();
  return { ...file, body };
}

// A browser shows these as pages, or runs what is in them.
const active = /html|xml|svg|script/i;

/**
 * The file that a link of our own folder leads to: its signature is all the credentials there are.
 * Throws `uploads.no_file` (404) for a link that is not ours, or too old.
 */
export async function openLinked(
  ctx: Ctx,
  name: string,
  query: URLSearchParams,
): Promise<OpenFile> {
  const { storage } = ctx.app;
  const link = storage instanceof FolderStorage ? await storage.openLink(name, query) : undefined;
  if (link === undefined) throw errors.fileNotFound();
  const { object, fileName } = link;
  const isActive = active.test(object.contentType);
  const contentType = isActive ? "application/octet-stream" : object.contentType;
  return opened(ctx, name, { contentType, bytes: object.bytes, fileName });
}
