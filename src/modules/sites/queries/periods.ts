import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageById } from "#platform/page.ts";
import type { PeriodChange, PeriodPage } from "../model.ts";

const key = "hashtextextended('sites.periods ' || $1, 0)";
const pin = statement("site_pin_periods", `select pg_advisory_xact_lock_shared(${key})`);
const take = statement("site_take_periods", `select pg_advisory_xact_lock(${key})`);

export async function pinPeriods(tx: Tx, siteId: string): Promise<void> {
  await tx.run(pin, [siteId]);
}

/** Waits for all who have pinned the periods of a site, and keeps others out. */
export async function takePeriods(tx: Tx, siteId: string): Promise<void> {
  await tx.run(take, [siteId]);
}

const closed = statement(
  "site_closed_before",
  `select closed_before as "closedBefore" from sites.sites where id = $1`,
);

export async function findClosedBefore(db: Db, siteId: string): Promise<string | null> {
  const [row] = await db.run<{ closedBefore: string | null }>(closed, [siteId]);
  return row?.closedBefore ?? null;
}

/** What is closed at a site, and what would be through another day. */
export interface PeriodRow {
  readonly closedThrough: string | null;
  /** The first instant after the day asked for; null if none was. */
  readonly closedBefore: string | null;
  readonly isLater: boolean;
  readonly isEarlier: boolean;
  readonly isOver: boolean;
}

// A day ends when the next business date begins there; the zone's own rules decide about days of
// 23 and 25 hours.
const lock = statement(
  "site_lock_periods",
  `select s.closed_through as "closedThrough", m.before as "closedBefore",
     s.closed_before is null or $2::date > s.closed_through and m.before > s.closed_before
       as "isLater",
     s.closed_before is not null and ($2::date is null
       or $2::date < s.closed_through and m.before < s.closed_before) as "isEarlier",
     m.before <= $3::timestamptz - interval '5 minutes' as "isOver"
   from sites.sites s
   cross join lateral (select ($2::date + 1 + s.cutover) at time zone s.zone as before) m
   where s.id = $1 and s.archived_at is null
   for no key update of s`,
);

/** Undefined if there is no such site in use. */
export async function lockPeriods(
  tx: Tx,
  of: { readonly siteId: string; readonly through: string | null; readonly now: Date },
): Promise<PeriodRow | undefined> {
  const [row] = await tx.run<PeriodRow>(lock, [of.siteId, of.through, of.now.toISOString()]);
  return row;
}

const columns = `id, site_id as "siteId", action, closed_through as "closedThrough",
  closed_before as "closedBefore", reason, actor, recorded_at as "recordedAt"`;

const change = statement(
  "site_change_periods",
  `with changed as (
     update sites.sites set closed_through = $4, closed_before = $5, version = version + 1
     where id = $2
   )
   insert into sites.period_changes
     (id, site_id, action, closed_through, closed_before, reason, actor)
   values ($1, $2, $3, $4, $5, $6, $7) returning ${columns}`,
);

export async function changePeriods(
  tx: Tx,
  row: Omit<PeriodChange, "recordedAt">,
): Promise<PeriodChange | undefined> {
  const { id, siteId, action, closedThrough, closedBefore, reason, actor } = row;
  const values = [id, siteId, action, closedThrough, closedBefore, reason, actor];
  const [changed] = await tx.run<PeriodChange>(change, values);
  return changed;
}

const findOne = statement(
  "site_period_change",
  `select ${columns} from sites.period_changes where id = $1`,
);

export async function findPeriodChange(db: Db, id: string): Promise<PeriodChange | undefined> {
  const [row] = await db.run<PeriodChange>(findOne, [id]);
  return row;
}

export interface PeriodFilter extends PageQuery {
  readonly siteId?: string | undefined;
}

/** Newest first, at the permitted sites; undefined is all. */
export async function listPeriodChanges(
  db: Db,
  query: PeriodFilter,
  permitted: readonly string[] | undefined,
): Promise<PeriodPage> {
  const where = new Where()
    .add("site_id = ?", query.siteId)
    .add("site_id = any(?)", permitted)
    .add("id < ?", cursorKeys(query, idKey)?.[0]);
  const text = `select ${columns} from sites.period_changes ${where.text}
    order by id desc limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList<PeriodChange>(db, "site_period_changes", text, where), query);
}
