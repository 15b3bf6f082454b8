import { authorise } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Actor, Ctx } from "#platform/context.ts";
import { AppError, type FieldProblem } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import { defineQueue, enqueue } from "#platform/jobs.ts";
import type { PageQuery } from "#platform/page.ts";
import { Id, Strict } from "#platform/schema.ts";
import { storageOf } from "#platform/storage.ts";
import * as errors from "../errors.ts";
import type { NewExport, ReportExport, ReportExportPage, ReportName } from "../model/exports.ts";
import * as queries from "../queries/exports.ts";
import { fileNameOf } from "../rules/export.ts";
import { listOf } from "./lists.ts";

/** Writes an export; several times if the first is lost, and it is the same. */
export const exportQueue = defineQueue({
  name: "reports.export",
  shape: Strict({ exportId: Id() }),
  retryLimit: 8,
  retryDelayMaxSeconds: 120,
  expireSeconds: 900,
  keepSeconds: 86_400,
});

/** What decides what a report shows. */
const shown = ["reports.read", "costs.read"];
const linkSeconds = 900;
/** Exports that one asker may have under way. */
const unfinishedMax = 20;

/**
 * Asks for a report as a file. What it will show is what the asker may see now. Throws
 * `reports.export_filter` (422) for a filter that the report does not have, `reports.exports_unfinished`
 * (429) and `storage.not_configured` (503).
 */
export async function askForExport(
  ctx: Ctx,
  key: string,
  { report, ...input }: NewExport & { readonly report: ReportName },
): Promise<CommandResult<ReportExport>> {
  authorise(ctx, "reports.read");
  storageOf(ctx.app);
  const { format, ...filters } = input;
  checkFilters(report, filters);
  const counts = { name: "report_exports", help: "Reports asked for as files" };
  const command = { route: "reports.export", key, counts, body: { report, ...input } };
  return runCommand(ctx, command, async (tx) => {
    const asker = askerOf(ctx.actor);
    const unfinished = await queries.lockUnfinished(tx, asker);
    if (unfinished >= unfinishedMax) throw errors.tooManyExports(unfinishedMax);
    const row = await queries.insertExport(tx, {
      ...{ id: newId(), report, format, filters, ...asker },
      grants: grantsOf(ctx.actor),
      fileName: fileNameOf(report, filters, format),
    });
    const subject = { kind: "report_export", id: row.id };
    const after = { report, format, siteId: filters.siteId ?? null };
    await recordDeed(tx, ctx, { action: "report.exported", subject, after });
    await enqueue(tx, exportQueue, { exportId: row.id });
    return { status: 202, body: answerOf(row) };
  });
}

/** Throws `reports.export_not_found` (404), also for somebody else's. */
export async function getExport(ctx: Ctx, id: string): Promise<ReportExport> {
  authorise(ctx, "reports.read");
  const row = await queries.findExport(ctx.app.db, id);
  const asker = askerOf(ctx.actor);
  const isOwn = row?.actorId === asker.actorId && row.actorKind === asker.actorKind;
  if (row === undefined || !isOwn || !mayStillSee(ctx, row)) throw errors.exportNotFound();
  return withLink(ctx, row);
}

/** One's own, newest first; links are in the single ones. */
export async function listExports(ctx: Ctx, query: PageQuery): Promise<ReportExportPage> {
  authorise(ctx, "reports.read");
  const page = await queries.listExports(ctx.app.db, askerOf(ctx.actor), query);
  return { ...page, data: page.data.map((row) => answerOf(row)) };
}

/** A right that was taken away since takes the file away, too. */
function mayStillSee(ctx: Ctx, { grants }: queries.ExportRow): boolean {
  if (ctx.actor.kind === "system") return true;
  return shown.every((permission) => {
    const then = sitesIn(grants, permission);
    const now = sitesIn(grantsOf(ctx.actor), permission);
    return now === undefined || then?.every((site) => now.includes(site)) === true;
  });
}

function sitesIn(
  grants: readonly queries.StoredGrant[],
  permission: string,
): readonly string[] | undefined {
  const granted = grants.filter(({ permissions }) => permissions.includes(permission));
  const sites = granted.flatMap(({ siteId }) => siteId ?? []);
  return sites.length < granted.length ? undefined : sites;
}

function askerOf({ kind, id }: Actor): queries.Asker {
  return { actorKind: kind, actorId: id };
}

function grantsOf({ grants }: Actor): queries.StoredGrant[] {
  return grants
    .map(({ siteId, permissions }) => ({
      siteId,
      permissions: shown.filter((permission) => permissions.has(permission)),
    }))
    .filter(({ permissions }) => permissions.length > 0);
}

/** Who asked, with what they might see then. */
export function actorOf({ actorKind, actorId, grants }: queries.ExportRow): Actor {
  return {
    kind: actorKind as Actor["kind"],
    id: actorId,
    scope: actorId,
    grants: grants.map(({ siteId, permissions }) => ({
      siteId,
      permissions: new Set(permissions),
    })),
  };
}

function checkFilters(report: ReportName, filters: Omit<NewExport, "format">): void {
  const takes = new Set<string>(["siteId", ...listOf(report).takes]);
  const code = "reports.export_filter";
  const problems: FieldProblem[] = Object.entries(filters)
    .filter(([name, value]) => value !== undefined && !takes.has(name))
    .map(([name]) => {
      return { pointer: `/${name}`, code, message: "This report has no such filter." };
    });
  if (problems.length === 0) return;
  throw new AppError("invalid", code, "This report has no such filter.", { errors: problems });
}

export function answerOf(row: queries.ExportRow): ReportExport {
  const {
    actorKind: _kind,
    actorId: _id,
    grants: _grants,
    attempt: _at,
    object: _object,
    ...rest
  } = row;
  return { ...rest, link: null, linkExpiresAt: null };
}

export async function withLink(ctx: Ctx, row: queries.ExportRow): Promise<ReportExport> {
  const { object, fileName, status } = row;
  const isOld = Date.parse(row.expiresAt) < ctx.now().getTime();
  if (status !== "done" || object === null || isOld) return answerOf(row);
  const link = await storageOf(ctx.app).linkTo(object, { seconds: linkSeconds, fileName });
  const linkExpiresAt = new Date(ctx.now().getTime() + linkSeconds * 1_000).toISOString();
  return { ...answerOf(row), link, linkExpiresAt };
}
