import { authorise, may, permittedSites } from "#modules/access/index.ts";
import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import type { Ctx } from "#platform/context.ts";
import * as errors from "../../errors.ts";
import type {
  TillArticlePage,
  TillDayPage,
  TillExport,
  TillExportPage,
  TillFlagPage,
  TillGuess,
} from "../../model/till-exports.ts";
import * as exports from "../../queries/till-exports.ts";
import * as reports from "../../queries/till-reports.ts";
import { guessMapping } from "../../rules/till/guess.ts";

/** A till's export and how far it is. Throws `imports.not_found` (404). */
export async function getTillExport(ctx: Ctx, id: string): Promise<TillExport> {
  authorise(ctx, "imports.read");
  return requireTillExport(ctx, id);
}

/** A till export that the actor may read. */
async function requireTillExport(ctx: Ctx, id: string): Promise<TillExport> {
  const found = await exports.findTillExport(ctx.app.db, id);
  if (found === undefined || !may(ctx, "imports.read", found.siteId)) {
    throw errors.tillExportNotFound();
  }
  return found;
}

/** Till exports at the sites that the actor may read, newest first. */
export async function listTillExports(
  ctx: Ctx,
  query: exports.TillExportFilter,
): Promise<TillExportPage> {
  return exports.listTillExports(ctx.app.db, query, permittedSites(ctx, "imports.read"));
}

/** Every flagged line, in the order of the file. Throws `imports.not_found` (404). */
export async function listTillFlags(ctx: Ctx, query: reports.ReportQuery): Promise<TillFlagPage> {
  authorise(ctx, "imports.read");
  await requireTillExport(ctx, query.id);
  return reports.listFlags(ctx.app.db, query);
}

/** What the file says of each business date. Throws `imports.not_found` (404). */
export async function listTillDays(ctx: Ctx, query: reports.ReportQuery): Promise<TillDayPage> {
  authorise(ctx, "imports.read");
  await requireTillExport(ctx, query.id);
  return reports.listDays(ctx.app.db, query);
}

/** Each spelling of an article in the file. Throws `imports.not_found` (404). */
export async function listTillArticles(
  ctx: Ctx,
  query: reports.ReportQuery,
): Promise<TillArticlePage> {
  authorise(ctx, "imports.read");
  await requireTillExport(ctx, query.id);
  return reports.listArticles(ctx.app.db, query);
}

/** How a file could be read, by its first bytes. Throws `imports.empty` and `imports.no_guess` (422). */
export async function guessTillMapping(ctx: Ctx, head: Uint8Array): Promise<TillGuess> {
  authorise(ctx, "imports.record");
  if (head.byteLength === 0) throw errors.emptyFile();
  const { currency } = await readSettings(ctx.app.db);
  const guess = guessMapping(head, minorDigitsOf(currency));
  if (guess === undefined) throw errors.cannotGuess();
  return guess;
}
