import { type Db, statement, type Tx } from "#platform/db.ts";
import { type Flag, type FlagCode, severityOf } from "../rules/till/flags.ts";
import { type Fragment, packLines } from "../rules/till/staged.ts";
import type { DaySum, StagedRow } from "../rules/till/tickets.ts";

// The zone's own rules decide about clock changes; a day without a time is the trading day itself.
const stage = statement(
  "till_lines_stage",
  `with given as (
     select u.n, u.part, u.sort_key, u.row_number, u.lines, m.at,
       ((m.at at time zone s.zone) - s.cutover)::date as business_date,
       (($3::timestamptz at time zone s.zone) - s.cutover)::date as today
     from sites.sites s
     cross join unnest($4::smallint[], $5::text[], $6::integer[], $7::date[], $8::time[],
       $9::text[]) with ordinality as u (part, sort_key, row_number, day, clock, lines, n)
     cross join lateral (
       select (u.day + coalesce(u.clock, s.cutover)) at time zone s.zone as at
     ) m
     where s.id = $2
   ), judged as (
     select *, case when business_date > today then 'future' end as code from given
   ), kept as (
     insert into imports.till_lines (import_id, part, sort_key, row_number, business_date, sold_at,
       lines)
     select $1, part, sort_key, row_number, business_date, at, lines from judged
     where code is null
   )
   select n::integer - 1 as index, code from judged where code is not null`,
);

export interface Refused {
  readonly index: number;
  readonly code: "future";
}

interface Staging {
  readonly importId: string;
  readonly siteId: string;
  readonly now: string;
}

/** Stages fragments; answers those whose day has not come, which are not staged. */
export function stageFragments(
  tx: Tx,
  { importId, siteId, now }: Staging,
  fragments: readonly Fragment[],
): Promise<Refused[]> {
  return tx.run<Refused>(stage, [
    importId,
    siteId,
    now,
    fragments.map(({ part }) => part),
    fragments.map(({ sortKey }) => sortKey),
    fragments.map(({ lines }) => lines[0]?.row ?? 0),
    fragments.map(({ day }) => day),
    fragments.map(({ clock }) => clock),
    fragments.map(({ lines }) => packLines(lines)),
  ]);
}

const columns = `sort_key as "sortKey", business_date as "businessDate", sold_at as "soldAt", lines`;
const listPage = statement(
  "till_lines_page",
  `select ${columns} from imports.till_lines
   where import_id = $1 and part = $2 and sort_key > $3 order by sort_key, row_number limit $4`,
);
const listKey = statement(
  "till_lines_of_key",
  `select ${columns} from imports.till_lines
   where import_id = $1 and part = $2 and sort_key = $3 order by row_number`,
);

export interface StagedPage {
  readonly importId: string;
  readonly part: number;
  readonly after: string;
  readonly limit: number;
}

/** The next staged rows, every key whole. */
export async function readStaged(db: Db, page: StagedPage): Promise<StagedRow[]> {
  const { importId, part, after, limit } = page;
  const rows = await db.run<StagedRow>(listPage, [importId, part, after, limit]);
  const last = rows.at(-1)?.sortKey;
  if (last === undefined || rows.length < limit) return rows;
  const whole = rows.filter(({ sortKey }) => sortKey !== last);
  return whole.length > 0 ? whole : db.run<StagedRow>(listKey, [importId, part, last]);
}

const clearThrough = statement(
  "till_lines_clear",
  `delete from imports.till_lines where import_id = $1 and part = $2 and sort_key <= $3`,
);
const clearAll = statement(
  "till_lines_clear_all",
  "delete from imports.till_lines where import_id = $1",
);

export function clearStaged(tx: Tx, importId: string, part: number, through: string): void {
  tx.later(clearThrough, [importId, part, through]);
}

export async function clearAllStaged(tx: Tx, importId: string): Promise<void> {
  await tx.run(clearAll, [importId]);
}

const insertAll = statement(
  "till_flags_insert",
  `insert into imports.till_flags (import_id, row_number, code, column_name)
   select $1, u.row_number, u.code, u.column_name
   from unnest($2::integer[], $3::text[], $4::text[]) as u (row_number, code, column_name)
   on conflict do nothing returning code`,
);

export interface FlagCounts {
  readonly problems: number;
  readonly notices: number;
}

/** Writes flags, each once; answers how many were new. */
export async function insertFlags(
  tx: Tx,
  importId: string,
  flags: readonly Flag[],
): Promise<FlagCounts> {
  if (flags.length === 0) return { problems: 0, notices: 0 };
  const written = await tx.run<{ code: FlagCode }>(insertAll, [
    importId,
    flags.map(({ row }) => row),
    flags.map(({ code }) => code),
    flags.map(({ column }) => column),
  ]);
  const problems = written.filter(({ code }) => severityOf(code) === "problem").length;
  return { problems, notices: written.length - problems };
}

const addSold = statement(
  "till_days_sold",
  `insert into imports.till_days as d (import_id, business_date, tickets, lines, quantity, total,
     return_lines, returned_quantity, returned_total)
   select $1, u.*, 0, 0, 0
   from unnest($2::date[], $3::integer[], $4::integer[], $5::numeric[], $6::numeric[]) as u
   on conflict (import_id, business_date) do update set tickets = d.tickets + excluded.tickets,
     lines = d.lines + excluded.lines, quantity = d.quantity + excluded.quantity,
     total = d.total + excluded.total`,
);
const addReturned = statement(
  "till_days_returned",
  `insert into imports.till_days as d (import_id, business_date, tickets, lines, quantity, total,
     return_lines, returned_quantity, returned_total)
   select $1, u.day, 0, 0, 0, 0, u.lines, u.quantity, u.total
   from unnest($2::date[], $3::integer[], $4::numeric[], $5::numeric[])
     as u (day, lines, quantity, total)
   on conflict (import_id, business_date) do update set
     return_lines = d.return_lines + excluded.return_lines,
     returned_quantity = d.returned_quantity + excluded.returned_quantity,
     returned_total = d.returned_total + excluded.returned_total`,
);

export async function addToDays(
  tx: Tx,
  importId: string,
  of: "sold" | "returned",
  sums: readonly DaySum[],
): Promise<void> {
  const dates = sums.map(({ businessDate }) => businessDate);
  const tickets = sums.map((each) => each.tickets);
  const lines = sums.map((each) => each.lines);
  const quantities = sums.map(({ quantity }) => quantity);
  const totals = sums.map(({ total }) => total);
  if (of === "sold") await tx.run(addSold, [importId, dates, tickets, lines, quantities, totals]);
  else await tx.run(addReturned, [importId, dates, lines, quantities, totals]);
}
