import { type Db, statement, type Tx } from "#platform/db.ts";

export interface Day {
  readonly siteId: string;
  readonly businessDate: string;
}

export interface DayRange extends Day {
  readonly eventId?: string | undefined;
}

const mark = statement(
  "reports_mark_days",
  `insert into reports.marked_days as t (site_id, business_date, event_id, marked_at)
   select site_id, business_date, max(event_id::text)::uuid, clock_timestamp()
   from unnest($1::uuid[], $2::date[], $3::uuid[]) as u (site_id, business_date, event_id)
   group by site_id, business_date order by site_id, business_date
   on conflict (site_id, business_date) do update
   set marked_at = excluded.marked_at, event_id = greatest(t.event_id, excluded.event_id)`,
);

/** Marks days whose books changed; in the transaction that changed them, or after it. */
export async function markDays(tx: Tx, days: readonly DayRange[]): Promise<void> {
  await tx.run(mark, [
    days.map((day) => day.siteId),
    days.map((day) => day.businessDate),
    days.map((day) => day.eventId ?? null),
  ]);
}

const marked = statement(
  "reports_marked_days",
  `select site_id as "siteId", business_date as "businessDate", event_id as "eventId"
   from reports.marked_days order by marked_at, site_id, business_date limit $1`,
);

/** Those marked longest ago first. */
export function listMarked(db: Db, limit: number): Promise<(Day & { eventId: string | null })[]> {
  return db.run(marked, [limit]);
}

// A day beyond each end holds what a moved cutover or zone would bring.
const extent = statement(
  "reports_extent",
  `select s.id as "siteId", s.name, e.first::text as first, e.last::text as last
   from sites.sites s
   cross join lateral (
     select min(day) as first, max(day) as last from (
       (select business_date as day from sales.sales where site_id = s.id
         order by business_date limit 1)
       union all
       (select business_date from sales.sales where site_id = s.id
         order by business_date desc limit 1)
       union all
       (select business_date from sales.refunds where site_id = s.id
         order by business_date limit 1)
       union all
       (select business_date from sales.refunds where site_id = s.id
         order by business_date desc limit 1)
       union all
       (select business_date from production.runs where site_id = s.id
         order by business_date limit 1)
       union all
       (select business_date from production.runs where site_id = s.id
         order by business_date desc limit 1)
       union all
       (select business_date from reports.days where site_id = s.id
         order by business_date limit 1)
       union all
       (select business_date from reports.days where site_id = s.id
         order by business_date desc limit 1)
       union all
       select ((m.first at time zone s.zone) - s.cutover)::date - 1
       from stock.balances b cross join lateral (
         select min(effective_at) as first from stock.movements
         where item_id = b.item_id and site_id = b.site_id) m
       where b.site_id = s.id
       union all
       select ((m.last at time zone s.zone) - s.cutover)::date + 1
       from stock.balances b cross join lateral (
         select max(effective_at) as last from stock.movements
         where item_id = b.item_id and site_id = b.site_id) m
       where b.site_id = s.id
     ) each
   ) e
   where ($1::uuid is null or s.id = $1) and e.first is not null
   order by s.name, s.id`,
);

export interface Extent {
  readonly siteId: string;
  readonly name: string;
  readonly first: string;
  readonly last: string;
}

/** From which day to which the books of each site, or its reports, reach. */
export function listExtents(db: Db, siteId: string | undefined): Promise<Extent[]> {
  return db.run(extent, [siteId ?? null]);
}

/** A committed change of the books, as an event tells of it. */
export interface Change extends Day {
  /** The document, sale, refund, run or correction. */
  readonly subjectId: string;
  /** When the command was recorded, by the clock of the process that took it. */
  readonly recordedAt: string;
  readonly eventId?: string | undefined;
}

// What a command touched beside its own day. A back-dated one changes what was on hand on all days
// since. What came in settles what was sold short, and a late price finds what was sold, wasted or
// lost: that cost is the sale's own day's (domain rules 5), and its refunds' days'.
const touched = statement(
  "reports_touched_days",
  `with moved as materialized (
     select m.site_id, m.type, m.effective_at, s.zone, s.cutover,
       ((m.effective_at at time zone s.zone) - s.cutover)::date as day
     from stock.movements m join sites.sites s on s.id = m.site_id where m.source_id = $3
   ), settled as materialized (
     select m.site_id, m.source_id, ((m.effective_at at time zone s.zone) - s.cutover)::date as day
     from (select $1::uuid as site_id union select site_id from moved) p
     join sites.sites s on s.id = p.site_id
     join stock.balances b on b.site_id = p.site_id
     join stock.movements m on m.item_id = b.item_id and m.site_id = b.site_id
       and m.effective_at >= $4::timestamptz - interval '10 minutes'
       and m.effective_at <= $4::timestamptz + interval '10 minutes'
     where m.type in ('settlement', 'settlement_reversal')
   ), adjusted as materialized (
     select kind, source_id, movement_id from stock.cost_adjustments where correction_id = $3
   ), sale as (
     select source_id as id from settled
     union select source_id from adjusted where kind in ('sale', 'void')
     union select $3::uuid
     union select sale_id from sales.refunds where id = $3
   )
   select distinct site_id as "siteId", day::date as "businessDate"
   from (
     select id as site_id, generate_series($2::date,
       greatest($2::date, (($4::timestamptz at time zone zone) - cutover)::date),
       interval '1 day') as day
     from sites.sites where id = $1
     union all
     select site_id, generate_series(day, case when type in ('transfer_in', 'transfer_out')
         then greatest(day, (($4::timestamptz at time zone zone) - cutover)::date) else day end,
       interval '1 day')
     from moved
     union all
     select site_id, day from settled
     union all
     select s.site_id, s.business_date from sale join sales.sales s using (id)
     union all
     select r.site_id, r.business_date from sale join sales.refunds r on r.sale_id = sale.id
     union all
     select m.site_id, ((m.effective_at at time zone s.zone) - s.cutover)::date
     from adjusted a join stock.movements m on m.id = a.movement_id
     join sites.sites s on s.id = m.site_id
     where a.kind in ('waste', 'count', 'return')
     union all
     select r.site_id, r.business_date
     from (select $3::uuid as id union select source_id from adjusted where kind = 'loss') of
     join production.runs r using (id)
   ) days order by 1, 2`,
);

/** Every day whose reports a change may have altered, its own among them. */
export function listTouchedDays(db: Db, change: Change): Promise<Day[]> {
  const { siteId, businessDate, subjectId, recordedAt } = change;
  return db.run(touched, [siteId, businessDate, subjectId, recordedAt]);
}
