import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageOf } from "#platform/page.ts";
import type { NewTillExport, TillExport, TillExportPage } from "../model/till-exports.ts";
import type { TillMapping } from "../model/till-mapping.ts";

// A process that was killed says nothing more: who has not moved for a minute is interrupted.
const columns = `id, site_id as "siteId", file_name as "fileName", is_dry_run as "dryRun", mapping,
  case when state in ('reading', 'recording')
    and updated_at < clock_timestamp() - interval '1 minute' then 'interrupted' else state
  end as state, rows_read as "rowsRead", bytes_read::float8 as "bytesRead",
  bytes_total::float8 as "bytesTotal", content_hash as "contentHash",
  problem_count as "problemCount", notice_count as "noticeCount", lines_taken as "linesTaken",
  lines_recorded as "linesRecorded", tickets_created as "ticketsCreated",
  tickets_unchanged as "ticketsUnchanged", tickets_changed as "ticketsChanged",
  returns_created as "returnsCreated", returns_unchanged as "returnsUnchanged",
  returns_matched as "returnsMatched", failure, started_at as "startedAt",
  updated_at as "updatedAt", finished_at as "finishedAt"`;

const insert = statement(
  "till_export_insert",
  `insert into imports.till_exports (id, site_id, file_name, is_dry_run, mapping, state, actor)
   values ($1, $2, $3, $4, $5, 'waiting', $6) returning ${columns}`,
);
const findOne = statement(
  "till_export_find",
  `select ${columns} from imports.till_exports where id = $1`,
);

type Row = Omit<TillExport, "bytesRead" | "bytesTotal"> & {
  readonly bytesRead: string;
  readonly bytesTotal: string | null;
};

function toModel({ bytesRead, bytesTotal, ...row }: Row): TillExport {
  const total = bytesTotal === null ? null : Number(bytesTotal);
  return { ...row, bytesRead: Number(bytesRead), bytesTotal: total };
}

export async function insertTillExport(
  tx: Tx,
  { id, siteId, fileName, dryRun, mapping }: NewTillExport & { readonly id: string },
  actor: string,
): Promise<TillExport | undefined> {
  const said = mapping === undefined ? null : JSON.stringify(mapping);
  const values = [id, siteId, fileName ?? null, dryRun === true, said, actor];
  const [row] = await tx.run<Row>(insert, values);
  return row && toModel(row);
}

export async function findTillExport(db: Db, id: string): Promise<TillExport | undefined> {
  const [row] = await db.run<Row>(findOne, [id]);
  return row && toModel(row);
}

export interface TillExportFilter extends PageQuery {
  readonly siteId?: string | undefined;
}

/** Newest first, at the permitted sites; undefined is all. */
export async function listTillExports(
  db: Db,
  query: TillExportFilter,
  permitted: readonly string[] | undefined,
): Promise<TillExportPage> {
  const where = new Where()
    .add("site_id = ?", query.siteId)
    .add("site_id = any(?)", permitted)
    .add("id < ?", cursorKeys(query, idKey)?.[0]);
  const text = `select ${columns} from imports.till_exports ${where.text}
    order by id desc limit $${where.values.push(query.limit + 1)}`;
  const rows = await runList<Row>(db, "till_export_list", text, where);
  return pageOf(rows, query, (row) => [row.id], toModel);
}

/** One reading of a file; a later attempt takes the import from an earlier one. */
export interface Attempt {
  readonly id: string;
  readonly attempt: number;
}

export interface Begun extends Attempt {
  readonly siteId: string;
  readonly dryRun: boolean;
  readonly mapping: TillMapping | null;
  /** All rows were read before: only recording is left. */
  readonly isRead: boolean;
  readonly rowsRead: number;
  readonly rowsHash: string | null;
  readonly startedAt: string;
}

const beginAttempt = statement(
  "till_export_begin",
  `update imports.till_exports set attempt = attempt + 1, updated_at = clock_timestamp(),
     state = case when content_hash is null then 'reading' else 'recording' end,
     bytes_total = coalesce($2, bytes_total), problem_count = problem_count
   where id = $1 and state not in ('done', 'failed')
   returning id, attempt, site_id as "siteId", is_dry_run as "dryRun", mapping,
     content_hash is not null as "isRead", rows_read as "rowsRead", rows_hash as "rowsHash",
     started_at as "startedAt"`,
);

/** Takes the import; undefined if it is done, failed or not there. */
export async function takeAttempt(
  tx: Tx,
  id: string,
  bytesTotal: number | undefined,
): Promise<Begun | undefined> {
  const [row] = await tx.run<Begun>(beginAttempt, [id, bytesTotal ?? null]);
  return row;
}

const setMapping = statement(
  "till_export_mapping",
  "update imports.till_exports set mapping = $3 where id = $1 and attempt = $2 returning id",
);

export async function keepMapping(
  tx: Tx,
  { id, attempt }: Attempt,
  mapping: TillMapping,
): Promise<boolean> {
  return (await tx.run(setMapping, [id, attempt, JSON.stringify(mapping)])).length > 0;
}

export interface Progress {
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly rowsHash: string;
  readonly problems: number;
  readonly notices: number;
  readonly lines: number;
}

const move = statement(
  "till_export_progress",
  `update imports.till_exports set rows_read = $3, bytes_read = $4, rows_hash = $5,
     problem_count = problem_count + $6, notice_count = notice_count + $7,
     lines_taken = lines_taken + $8, updated_at = clock_timestamp()
   where id = $1 and attempt = $2 returning id`,
);

/** False if a later attempt has taken the import. */
export async function noteProgress(tx: Tx, of: Attempt, progress: Progress): Promise<boolean> {
  const { rowsRead, bytesRead, rowsHash, problems, notices, lines } = progress;
  const values = [of.id, of.attempt, rowsRead, bytesRead, rowsHash, problems, notices, lines];
  return (await tx.run(move, values)).length > 0;
}

const hold = statement(
  "till_export_hold",
  `update imports.till_exports set updated_at = clock_timestamp()
   where id = $1 and attempt = $2 returning id`,
);

/** Locks the import for this transaction; false if a later attempt has taken it. */
export async function holdAttempt(tx: Tx, { id, attempt }: Attempt): Promise<boolean> {
  return (await tx.run(hold, [id, attempt])).length > 0;
}

const finishReading = statement(
  "till_export_read",
  `update imports.till_exports set content_hash = $3, state = 'recording',
     updated_at = clock_timestamp()
   where id = $1 and attempt = $2 returning id`,
);

export async function noteRead(tx: Tx, { id, attempt }: Attempt, contentHash: string) {
  return (await tx.run(finishReading, [id, attempt, contentHash])).length > 0;
}

export interface Recorded {
  readonly lines?: number;
  readonly ticketsCreated?: number;
  readonly ticketsUnchanged?: number;
  readonly ticketsChanged?: number;
  readonly returnsCreated?: number;
  readonly returnsUnchanged?: number;
  readonly returnsMatched?: number;
  readonly problems?: number;
  readonly notices?: number;
}

const addRecorded = statement(
  "till_export_recorded",
  `update imports.till_exports set lines_recorded = lines_recorded + $2,
     tickets_created = tickets_created + $3, tickets_unchanged = tickets_unchanged + $4,
     tickets_changed = tickets_changed + $5, returns_created = returns_created + $6,
     returns_unchanged = returns_unchanged + $7, returns_matched = returns_matched + $8,
     problem_count = problem_count + $9, notice_count = notice_count + $10
   where id = $1`,
);

export function noteRecorded(tx: Tx, id: string, recorded: Recorded): Promise<unknown> {
  const counts = [
    recorded.lines,
    recorded.ticketsCreated,
    recorded.ticketsUnchanged,
    recorded.ticketsChanged,
    recorded.returnsCreated,
    recorded.returnsUnchanged,
    recorded.returnsMatched,
    recorded.problems,
    recorded.notices,
  ];
  return tx.run(addRecorded, [id, ...counts.map((count) => count ?? 0)]);
}

const end = statement(
  "till_export_end",
  `update imports.till_exports set state = $3, failure = $4, updated_at = clock_timestamp(),
     finished_at = case when $3 in ('done', 'failed') then clock_timestamp() end
   where id = $1 and attempt = $2 returning id`,
);

export interface Ending {
  readonly state: "done" | "failed" | "interrupted";
  readonly failure?: TillExport["failure"];
}

/** False if a later attempt has taken the import. */
export async function endAttempt(
  tx: Tx,
  { id, attempt }: Attempt,
  { state, failure = null }: Ending,
): Promise<boolean> {
  const told = failure === null ? null : JSON.stringify(failure);
  return (await tx.run(end, [id, attempt, state, told])).length > 0;
}
