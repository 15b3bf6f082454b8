import { Value } from "@sinclair/typebox/value";
import {
  announceTillExport,
  importFile,
  type NewImport,
  parseBakeryData,
  receiveTillExport,
} from "#modules/imports/index.ts";
import type { Actor, Ctx } from "#platform/context.ts";
import { AppError, invariant } from "#platform/errors.ts";
import { chunksOf, storageOf } from "#platform/storage.ts";
import { findUnstorable, isTooDeep } from "#platform/text.ts";
import { ImportOptions } from "../model/announce.ts";
import { type ImportProblem, type ImportProgress, noteImport } from "../queries/imports.ts";
import { findUpload, type UploadRow } from "../queries/uploads.ts";
import { deletedMeanwhile, gaveUp, unreadableData } from "../rules/import-problems.ts";

/**
 * Brings an accepted file into the books, as whoever announced it, under a key of its own: a second run
 * goes on where the first broke off, or finds it done. What cannot be read is noted at the upload.
 */
export async function bringInUpload(ctx: Ctx, id: string): Promise<void> {
  const row = await findUpload(ctx.app.db, id);
  if (row === undefined || !isToDo(row)) return;
  const note = (progress: ImportProgress) =>
    ctx.app.db.withTransaction((tx) => noteImport(tx, id, progress));
  if (row.upload.state !== "accepted") return note({ state: "failed", problem: deletedMeanwhile });
  await note({ state: "running" });
  try {
    await note({ state: "done", importId: await bringIn(ctx, row) });
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    await note({ state: "failed", problem });
  }
}

// What was given up is tried again when somebody asks for it, by the dead letter or by the upload.
function isToDo({ upload: { importState, importProblem } }: UploadRow): boolean {
  if (importState === "failed") return importProblem === gaveUp.code;
  return importState === "waiting" || importState === "running";
}

/** What another try would not change; undefined if it may. */
function problemOf(error: unknown): ImportProblem | undefined {
  if (error instanceof SyntaxError) return unreadableData;
  if (!(error instanceof AppError) || error.code === "imports.taken_over") return undefined;
  const isFinal = ["invalid", "conflict", "forbidden", "not_found"].includes(error.kind);
  return isFinal ? { code: error.code, message: error.message } : undefined;
}

function bringIn(ctx: Ctx, row: UploadRow): Promise<string | null> {
  const { importOptions: options } = row;
  invariant(Value.Check(ImportOptions, options), "an upload of purpose import says how");
  const as = asAnnouncer(ctx, row, options);
  return options.format === "till-export"
    ? bringInTillExport(as, row, options)
    : bringInBakeryData(as, row, options);
}

// What they were allowed when they announced it, and no more.
const granted: ReadonlySet<string> = new Set(["imports.record", "imports.read", "sites.read"]);

function asAnnouncer(ctx: Ctx, { upload, creatorKind }: UploadRow, { siteId }: ImportOptions): Ctx {
  const id = upload.createdBy;
  const actor: Actor = {
    kind: creatorKind,
    id,
    scope: id,
    grants: [{ siteId, permissions: granted }],
  };
  const { app, traceId, log } = ctx;
  return { app, actor, traceId, log, now: () => ctx.now() };
}

const keyOf = ({ upload }: UploadRow) => `upload-${upload.id}`;

async function bringInTillExport(
  ctx: Ctx,
  row: UploadRow,
  { siteId, mapping, dryRun = false }: ImportOptions,
): Promise<string> {
  const { importId, fileName, bytes: bytesTotal } = row.upload;
  invariant(importId, "the import of a till's export has its id from the beginning");
  const said = { id: importId, siteId, fileName, dryRun, ...(mapping && { mapping }) };
  await announceTillExport(ctx, keyOf(row), said).catch((error: unknown) => {
    // What was announced by a try before whose answer is forgotten by now goes on.
    if (!(error instanceof AppError) || error.code !== "imports.id_taken") throw error;
  });
  const bytes = await contentOf(ctx, row);
  await receiveTillExport(ctx, { id: importId, bytes, bytesTotal });
  return importId;
}

async function bringInBakeryData(
  ctx: Ctx,
  row: UploadRow,
  { siteId, dryRun = false }: ImportOptions,
): Promise<string | null> {
  const decoder = new TextDecoder("utf-8");
  let text = "";
  for await (const chunk of await contentOf(ctx, row)) {
    text += decoder.decode(chunk, { stream: true });
  }
  if (isTooDeep(text)) throw new SyntaxError("It is nested too deeply");
  const content = parseBakeryData(text);
  if (content === null || typeof content !== "object") throw new SyntaxError("It is no object");
  if (findUnstorable(content).length > 0) throw new SyntaxError("It holds what no book can");
  const input: NewImport = { siteId, format: "bakery-data", dryRun, content };
  return (await importFile(ctx, keyOf(row), input)).body.id;
}

async function contentOf(ctx: Ctx, { objectName }: UploadRow): Promise<AsyncIterable<Uint8Array>> {
  const body = await storageOf(ctx.app).read(objectName);
  if (body === undefined) throw new AppError("invalid", "uploads.no_file", "The file is gone.");
  return streamed(body);
}

async function* streamed(body: Parameters<typeof chunksOf>[0]): AsyncGenerator<Uint8Array> {
  yield* chunksOf(body);
}
