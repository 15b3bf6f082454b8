import { may, permittedSites, visible } from "#modules/access/index.ts";
import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import type { Ctx } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";
import { listGivenUp } from "#platform/jobs-given-up.ts";
import { type ByteStream, storageOf } from "#platform/storage.ts";
import * as errors from "../errors.ts";
import type { ExportFormat, ReportExport } from "../model/exports.ts";
import { printedPage } from "../page/export.ts";
import { utcTime } from "../page/frame.ts";
import * as queries from "../queries/exports.ts";
import type { Scope } from "../queries/list.ts";
import { columnsOf, type ExportedRow, filtersText } from "../rules/export.ts";
import { csvOf } from "../rules/export-csv.ts";
import { type About, workbookOf, workbookRowsMax } from "../rules/export-xlsx.ts";
import { actorOf, answerOf, exportQueue, withLink } from "./exports.ts";
import { listOf } from "./lists.ts";

const contentTypes: Readonly<Record<ExportFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  html: "text/html; charset=utf-8",
};

const fileBytesMax = 2_000_000_000;
const rowsAPage = 1_000;
const rowsBetweenNotes = 5_000;
const renderTimeoutMs = 840_000;

/** Has an export written by the function if there is one, and writes it here if not. */
export async function deliverExport(ctx: Ctx, exportId: string): Promise<void> {
  const { functions } = ctx.app;
  if (functions.has("exportReport")) {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ exportId });
    await functions.call(ctx, "exportReport", { headers, body, timeoutMs: renderTimeoutMs });
  } else {
    await renderExport(ctx, exportId);
  }
}

/**
 * Writes an export as its asker might see it; one that is finished stays as it is. What it can never
 * be written for is its `errorCode`. Throws `reports.export_not_found` (404), and what may pass.
 */
export async function renderExport(ctx: Ctx, exportId: string): Promise<ReportExport> {
  const { db } = ctx.app;
  const begun = await db.withTransaction((tx) => queries.beginExport(tx, exportId));
  if (begun !== undefined) {
    try {
      await write({ ...ctx, actor: actorOf(begun) }, begun);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== "invalid") throw error;
      await db.withTransaction((tx) => queries.failExport(tx, begun, error.code));
    }
  }
  const row = await queries.findExport(db, exportId);
  if (row === undefined) throw errors.exportNotFound();
  return row.status === "done" ? withLink(ctx, row) : answerOf(row);
}

async function write(ctx: Ctx, row: queries.ExportRow): Promise<void> {
  const { db } = ctx.app;
  const storage = storageOf(ctx.app);
  const { format } = row;
  const progress = { rows: 0 };
  const body = await bodyOf(ctx, row, counted(ctx, row, progress));
  const object = objectOf(row, row.attempt);
  const contentType = contentTypes[format];
  const { bytes, sha256 } = await storage.put(object, body, {
    contentType,
    bytesMax: fileBytesMax,
  });
  const written = { object, bytes, sha256, rows: progress.rows };
  const isOurs = await db.withTransaction((tx) => queries.finishExport(tx, row, written));
  if (!isOurs) await storage.delete(object);
}

export function objectOf(
  { id, format }: Pick<queries.ExportRow, "id" | "format">,
  attempt: number,
) {
  return `exports/${id}/${attempt}.${format}`;
}

async function bodyOf(
  ctx: Ctx,
  { report, format, filters }: queries.ExportRow,
  pages: AsyncIterable<readonly ExportedRow[]>,
): Promise<ByteStream | Uint8Array> {
  const { title, shape } = listOf(report);
  const columns = columnsOf(shape, (permission) => may(ctx, permission as "costs.read"));
  const notes = [filtersText(filters), `Computed ${utcTime(ctx.now().toISOString())}`];
  const about: About = { title, notes };
  if (format === "csv") return streamOf(csvOf(columns, pages));
  if (format === "html") return streamOf(printedPage(columns, pages, about));
  const rows: ExportedRow[] = [];
  for await (const page of pages) {
    rows.push(...page);
    if (rows.length > workbookRowsMax) throw errors.tooManyRows(workbookRowsMax);
  }
  return workbookOf(columns, rows, about);
}

/** The pages of the list as its asker may see them; how far it is stands with the export. */
async function* counted(
  ctx: Ctx,
  row: queries.ExportRow,
  progress: { rows: number },
): AsyncGenerator<readonly ExportedRow[]> {
  let noted = 0;
  for await (const page of pagesOf(ctx, row)) {
    progress.rows += page.length;
    if (progress.rows - noted >= rowsBetweenNotes) {
      noted = progress.rows;
      await ctx.app.db.withTransaction((tx) => queries.advanceExport(tx, row, noted));
    }
    yield page;
  }
}

async function* pagesOf(
  ctx: Ctx,
  { report, filters }: queries.ExportRow,
): AsyncGenerator<readonly ExportedRow[]> {
  const { shape, read } = listOf(report);
  const db = ctx.app.db.reports;
  const { currency } = await readSettings(db);
  const siteIds = permittedSites(ctx, "reports.read");
  const scope: Scope = { siteIds, minorDigits: minorDigitsOf(currency) };
  const on = ctx.now().toISOString().slice(0, 10);
  const asked = { on, by: "revenue", ...filters, limit: rowsAPage };
  for (let cursor: string | undefined; ; ) {
    const query = cursor === undefined ? asked : { ...asked, cursor };
    const page = visible(ctx, shape, await read(db, query, scope));
    yield page.data;
    if (page.next === null) return;
    cursor = page.next;
  }
}

function streamOf(texts: AsyncGenerator<string>): ByteStream {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await texts.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
    },
    { highWaterMark: 0 },
  );
}

const expiredAtOnce = 100;

/** Deletes files that are a week old, and gives up what nobody is at any more. */
export async function sweepExports(ctx: Ctx): Promise<void> {
  const { db, storage } = ctx.app;
  await giveUpExports(ctx);
  for (;;) {
    // Files first: those of a row that says it is expired nobody would look for again.
    const old = await queries.listOldExports(db, expiredAtOnce);
    for (const row of old) {
      for (let attempt = 1; attempt <= row.attempt; attempt++) {
        await storage?.delete(objectOf(row, attempt));
      }
    }
    const ids = old.map(({ id }) => id);
    await db.withTransaction((tx) => queries.expireExports(tx, ids));
    if (old.length < expiredAtOnce) return;
  }
}

async function giveUpExports({ app: { db } }: Ctx): Promise<void> {
  const jobs = (await queries.listUnfinishedExports(db)).map((exportId) => ({ exportId }));
  const lost = (await listGivenUp(db, exportQueue, jobs)).map(({ exportId }) => exportId);
  if (lost.length > 0) await db.withTransaction((tx) => queries.giveUpExports(tx, lost));
}
