import { authorise, authoriseAt } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { catalogTag } from "#modules/catalog/index.ts";
import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { AppError, invariant } from "#platform/errors.ts";
import * as errors from "../../errors.ts";
import type { TillExport } from "../../model/till-exports.ts";
import type { TillMapping } from "../../model/till-mapping.ts";
import { listSoldArticles } from "../../queries/till-articles.ts";
import {
  type Begun,
  endAttempt,
  findTillExport,
  holdAttempt,
  keepMapping,
  noteRead,
  takeAttempt,
} from "../../queries/till-exports.ts";
import { clearAllStaged } from "../../queries/till-lines.ts";
import { guessMapping } from "../../rules/till/guess.ts";
import { checkMapping } from "./announce.ts";
import { resolveArticles } from "./articles.ts";
import { readFile } from "./read-file.ts";
import { type Bytes, hashOfBytes, type Opened, openBytes, type TillProgress } from "./read-rows.ts";
import { recordReturned } from "./record-returned.ts";
import { recordSold } from "./record-sold.ts";

export interface Received {
  readonly id: string;
  readonly bytes: Bytes;
  readonly bytesTotal?: number | undefined;
  /** Called whenever rows are safe; what it throws interrupts the import there. */
  readonly moved?: (progress: TillProgress) => void;
}

/**
 * Takes the content of an announced till export: reads it as it comes, then writes its tickets to the
 * books as history, in many transactions. Interrupted at any point, the same content again goes on
 * and ends the same; once done, it changes nothing. Throws `imports.not_found` (404),
 * `imports.failed` and `imports.taken_over` (409), and 422 for what is not that file or no CSV.
 */
export async function receiveTillExport(ctx: Ctx, received: Received): Promise<TillExport> {
  const { id } = received;
  authorise(ctx, "imports.record");
  const announced = await findTillExport(ctx.app.db, id);
  if (announced === undefined) throw errors.tillExportNotFound();
  const hidden = { read: "imports.read", missing: errors.tillExportNotFound } as const;
  authoriseAt(ctx, "imports.record", announced.siteId, hidden);
  const begun = await ctx.app.db.withTransaction((tx) => takeAttempt(tx, id, received.bytesTotal));
  if (begun === undefined) return answerEnded(ctx, received);
  try {
    await carryOut(ctx, begun, received);
  } catch (error) {
    await leave(ctx, begun, error);
    throw error;
  }
  const done = await findTillExport(ctx.app.db, id);
  invariant(done, "imports are never deleted");
  return done;
}

async function answerEnded(ctx: Ctx, { id, bytes }: Received): Promise<TillExport> {
  const ended = await findTillExport(ctx.app.db, id);
  if (ended === undefined) throw errors.tillExportNotFound();
  if (ended.state !== "done") throw errors.tillExportFailed();
  if ((await hashOfBytes(bytes)) !== ended.contentHash) throw errors.otherFile();
  return ended;
}

async function carryOut(ctx: Ctx, begun: Begun, { bytes, moved }: Received): Promise<void> {
  const { db, cache } = ctx.app;
  const minorDigits = minorDigitsOf((await readSettings(db)).currency);
  const opened = await openBytes(bytes);
  const mapping = begun.mapping ?? (await guessed(ctx, begun, opened, minorDigits));
  const reading = { begun, mapping, minorDigits, moved: moved ?? (() => {}) };
  const { spellings, contentHash, ...read } = await readFile(ctx, opened, reading);
  if (!begun.isRead) {
    const note = async (tx: Tx) => {
      if (!(await holdAttempt(tx, begun))) throw errors.takenOver();
      const { id: importId, dryRun } = begun;
      await resolveArticles(tx, { importId, dryRun }, spellings.list);
      await noteRead(tx, begun, contentHash);
    };
    await cache.changing([catalogTag], () => db.withTransaction(note));
  }
  const articles = await listSoldArticles(db, begun.id);
  let linesRecorded = 0;
  const recorded = (lines: number) => {
    linesRecorded += lines;
    reading.moved({ ...read, linesRecorded });
  };
  const recording = { begun, mapping, articles, recorded };
  await recordSold(ctx, recording);
  await recordReturned(ctx, recording);
  await db.withTransaction(async (tx) => {
    if (!(await endAttempt(tx, begun, { state: "done" }))) throw errors.takenOver();
    const { id, siteId } = begun;
    const subject = { kind: "till_export", id };
    const after = { contentHash };
    const deed = { action: "till_export.recorded", subject, siteId, after };
    if (!begun.dryRun) await recordDeed(tx, ctx, deed);
  });
}

async function guessed(
  ctx: Ctx,
  begun: Begun,
  { head }: Opened,
  minorDigits: number,
): Promise<TillMapping> {
  if (head.byteLength === 0) throw errors.emptyFile();
  const guess = guessMapping(head, minorDigits);
  if (guess === undefined) throw errors.cannotGuess();
  checkMapping(guess.mapping);
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await keepMapping(tx, begun, guess.mapping))) throw errors.takenOver();
  });
  return guess.mapping;
}

const isOfTheFile: ReadonlySet<string> = new Set([
  "imports.column_missing",
  "imports.empty",
  "imports.csv",
  "imports.too_many_articles",
  "imports.no_guess",
  "imports.ticket_scope",
  "imports.marks",
  "imports.currency",
]);

/** A file that cannot be read ends the import; anything else only interrupts it. */
async function leave(ctx: Ctx, begun: Begun, error: unknown): Promise<void> {
  // What an attempt before has read was fine: then this is another file.
  const isFirst = begun.rowsRead === 0;
  const isFailed = isFirst && error instanceof AppError && isOfTheFile.has(error.code);
  const failure = isFailed ? { code: error.code, message: error.message } : null;
  try {
    await ctx.app.db.withTransaction(async (tx) => {
      const state = isFailed ? "failed" : "interrupted";
      if ((await endAttempt(tx, begun, { state, failure })) && isFailed) {
        await clearAllStaged(tx, begun.id);
      }
    });
  } catch (failed) {
    // The database is away: the import shows as interrupted when it has not moved for a minute.
    ctx.log.error("An interrupted import could not be noted", failed, { importId: begun.id });
  }
}
