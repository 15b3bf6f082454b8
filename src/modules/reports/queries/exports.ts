import { type Db, lookup, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageById } from "#platform/page.ts";
import type { ExportFilters, ExportFormat, ReportName } from "../model/exports.ts";

/** Who asked: only they see it. */
export interface Asker {
  readonly actorKind: string;
  readonly actorId: string;
}

/** What somebody might see, as it is stored. */
export interface StoredGrant {
  readonly siteId: string | null;
  readonly permissions: readonly string[];
}

export interface ExportRow extends Asker {
  readonly id: string;
  readonly report: ReportName;
  readonly format: ExportFormat;
  readonly filters: ExportFilters;
  readonly grants: readonly StoredGrant[];
  readonly status: "waiting" | "running" | "done" | "failed" | "expired";
  readonly attempt: number;
  readonly rows: number;
  readonly errorCode: string | null;
  readonly fileName: string;
  readonly object: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly expiresAt: string;
}

const columns = `id, report, format, filters, actor_kind as "actorKind", actor_id as "actorId", grants,
  status, attempt, rows, error_code as "errorCode", file_name as "fileName", object,
  bytes, sha256, created_at as "createdAt", finished_at as "finishedAt",
  expires_at as "expiresAt"`;

export type NewExportRow = Asker &
  Pick<ExportRow, "id" | "report" | "format" | "filters" | "grants" | "fileName">;

// Of one asker's requests one counts at a time: together they would exceed what each may.
const waitForTurn = statement(
  "reports_export_turn",
  "select pg_advisory_xact_lock(hashtextextended('exports ' || $1, 0))",
);
const countUnfinished = statement(
  "reports_export_unfinished",
  `select count(*)::integer as count from reports.exports
   where actor_id = $1 and actor_kind = $2 and status in ('waiting', 'running')`,
);

/** How many exports of somebody are under way, until this transaction ends. */
export async function lockUnfinished(tx: Tx, { actorId, actorKind }: Asker): Promise<number> {
  await tx.run(waitForTurn, [actorId]);
  const [row] = await tx.run<{ count: number }>(countUnfinished, [actorId, actorKind]);
  return row?.count ?? 0;
}

const insert = statement(
  "reports_export_insert",
  `insert into reports.exports (id, report, format, filters, actor_kind, actor_id, grants, file_name)
   values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
);

export async function insertExport(tx: Tx, row: NewExportRow): Promise<ExportRow> {
  const { id, report, format, filters, actorKind, actorId, grants, fileName } = row;
  const [made] = await tx.run<ExportRow>(insert, [
    ...[id, report, format, JSON.stringify(filters)],
    ...[actorKind, actorId, JSON.stringify(grants), fileName],
  ]);
  if (made === undefined) throw new Error("an insert returns its row");
  return made;
}

const find = lookup("reports_export_find", `select ${columns} from reports.exports where id = $1`);

export async function findExport(db: Db, id: string): Promise<ExportRow | undefined> {
  const [row] = await db.run<ExportRow>(find, [id]);
  return row;
}

export async function listExports(db: Db, { actorKind, actorId }: Asker, query: PageQuery) {
  const [before] = cursorKeys(query, idKey) ?? [];
  const where = new Where()
    .add("actor_id = ?", actorId)
    .add("actor_kind = ?", actorKind)
    .add("id < ?", before);
  const text = `select ${columns} from reports.exports ${where.text}
    order by id desc limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList<ExportRow>(db, "reports_exports", text, where), query);
}

const gaveUp = "reports.export_gave_up";

const begin = statement(
  "reports_export_begin",
  `update reports.exports set status = 'running', attempt = attempt + 1, rows = 0,
     error_code = null, finished_at = null
   where id = $1 and (status in ('waiting', 'running') or status = 'failed' and error_code = '${gaveUp}')
   returning ${columns}`,
);

/** The next attempt at it, also if it was given up; undefined if it is finished, or there is none. */
export async function beginExport(tx: Tx, id: string): Promise<ExportRow | undefined> {
  const [row] = await tx.run<ExportRow>(begin, [id]);
  return row;
}

const advance = statement(
  "reports_export_advance",
  "update reports.exports set rows = $3 where id = $1 and attempt = $2 and status = 'running'",
);

export async function advanceExport(tx: Tx, { id, attempt }: ExportRow, rows: number) {
  await tx.run(advance, [id, attempt, rows]);
}

export interface Written {
  readonly object: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

const finish = statement(
  "reports_export_finish",
  `update reports.exports set status = 'done', object = $3, rows = $4, bytes = $5, sha256 = $6,
     finished_at = now()
   where id = $1 and attempt = $2 and status = 'running' returning id`,
);

/** False if another attempt is at it, or was. */
export async function finishExport(
  tx: Tx,
  { id, attempt }: ExportRow,
  { object, rows, bytes, sha256 }: Written,
): Promise<boolean> {
  return (await tx.run(finish, [id, attempt, object, rows, bytes, sha256])).length > 0;
}

const fail = statement(
  "reports_export_fail",
  `update reports.exports set status = 'failed', error_code = $2, finished_at = now()
   where id = $1 and attempt = $3 and status = 'running'`,
);

/** Nothing if another attempt is at it, or was. */
export async function failExport(
  tx: Tx,
  { id, attempt }: ExportRow,
  errorCode: string,
): Promise<void> {
  await tx.run(fail, [id, errorCode, attempt]);
}

const listUnfinished = statement(
  "reports_exports_under_way",
  `select id from reports.exports
   where status in ('waiting', 'running') and expires_at > now() order by id limit 1000`,
);

/** Exports that are not finished, the oldest first. */
export async function listUnfinishedExports(db: Db): Promise<string[]> {
  return (await db.run<{ id: string }>(listUnfinished)).map(({ id }) => id);
}

const giveUp = statement(
  "reports_exports_give_up",
  `update reports.exports set status = 'failed', error_code = '${gaveUp}', finished_at = now()
   where id = any($1) and status in ('waiting', 'running')`,
);

export async function giveUpExports(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(giveUp, [ids]);
}

const listOld = statement(
  "reports_exports_old",
  `select id, attempt, format from reports.exports
   where status <> 'expired' and expires_at < now() order by expires_at limit $1`,
);

export type OldExport = Pick<ExportRow, "id" | "attempt" | "format">;

/** Exports whose files are to go, oldest first. */
export function listOldExports(db: Db, limit: number): Promise<OldExport[]> {
  return db.run<OldExport>(listOld, [limit]);
}

const expire = statement(
  "reports_exports_expire",
  "update reports.exports set status = 'expired', object = null where id = any($1)",
);

export async function expireExports(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(expire, [ids]);
}
