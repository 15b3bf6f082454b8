import { type Db, statement } from "#platform/db.ts";

// What the page of the latest days shows: of each site in use its own today and the day before.

export interface LatestSite {
  readonly siteId: string;
  readonly siteName: string;
  readonly today: string;
  readonly yesterday: string;
  /** The newest computation of any of its days, on the site's clock. */
  readonly computedAt: string | null;
}

const sites = statement(
  "reports_latest_sites",
  `select s.id as "siteId", s.name as "siteName", d.today::text as today,
     (d.today - 1)::text as yesterday,
     to_char((select max(computed_at) from reports.days r
       where r.site_id = s.id and r.business_date >= d.today - 7) at time zone s.zone,
       'YYYY-MM-DD HH24:MI') as "computedAt"
   from sites.sites s
   cross join lateral (
     select (($1::timestamptz at time zone s.zone) - s.cutover)::date as today
   ) d
   where s.archived_at is null and ($2::uuid[] is null or s.id = any($2))
   order by s.name, s.id limit $3`,
);

/** Sites in use among these, by name; `now` decides which day it is at each. */
export function listLatestSites(
  db: Db,
  now: Date,
  siteIds: readonly string[] | undefined,
  limit: number,
): Promise<LatestSite[]> {
  return db.run(sites, [now.toISOString(), siteIds ?? null, limit]);
}

export interface LatestItem {
  readonly siteId: string;
  readonly businessDate: string;
  readonly itemName: string;
  readonly unit: string;
  readonly quantity: string;
  /** Revenue of what was sold, value of what was wasted. */
  readonly amount: string;
}

const best = statement(
  "reports_latest_best",
  `select "siteId", "businessDate", "itemName", unit, quantity, amount
   from (
     select r.site_id as "siteId", r.business_date::text as "businessDate", i.name as "itemName",
       i.unit, trim_scale(sum(r.quantity - r.refund_quantity))::text as quantity,
       round(sum(r.total - r.refund_total), $3::integer)::text as amount,
       row_number() over (partition by r.site_id, r.business_date
         order by sum(r.total - r.refund_total) desc, i.name) as rank
     from unnest($1::uuid[], $2::date[]) as u (site_id, business_date)
     join reports.sales r using (site_id, business_date)
     join catalog.items i on i.id = r.item_id
     group by r.site_id, r.business_date, r.item_id, i.name, i.unit
   ) each where rank <= $4 order by "siteId", "businessDate", rank`,
);

const waste = statement(
  "reports_latest_waste",
  `select "siteId", "businessDate", "itemName", unit, quantity, amount
   from (
     select r.site_id as "siteId", r.business_date::text as "businessDate", i.name as "itemName",
       i.unit, trim_scale(r.wasted_quantity)::text as quantity,
       round(r.wasted_value, $3::integer)::text as amount,
       row_number() over (partition by r.site_id, r.business_date
         order by r.wasted_value desc, i.name) as rank
     from unnest($1::uuid[], $2::date[]) as u (site_id, business_date)
     join reports.stock r using (site_id, business_date)
     join catalog.items i on i.id = r.item_id
     where r.wasted_quantity <> 0
   ) each where rank <= $4 order by "siteId", "businessDate", rank`,
);

interface Wanted {
  readonly siteIds: readonly string[];
  readonly days: readonly string[];
  readonly minorDigits: number;
  /** Items a site and day. */
  readonly limit: number;
}

const valuesOf = ({ siteIds, days, minorDigits, limit }: Wanted) => [
  siteIds,
  days,
  minorDigits,
  limit,
];

/** What brought most on each of these days, a site to each day. */
export function listLatestBest(db: Db, wanted: Wanted): Promise<LatestItem[]> {
  return db.run(best, valuesOf(wanted));
}

/** What was thrown away of most worth. */
export function listLatestWaste(db: Db, wanted: Wanted): Promise<LatestItem[]> {
  return db.run(waste, valuesOf(wanted));
}

export interface LatestSellOut {
  readonly siteId: string;
  readonly businessDate: string;
  readonly itemName: string;
  /** On the site's clock, such as 14:05. */
  readonly soldOutAt: string;
}

const sellOuts = statement(
  "reports_latest_sell_outs",
  `select r.site_id as "siteId", r.business_date::text as "businessDate", i.name as "itemName",
     to_char(r.sold_out_at at time zone s.zone, 'HH24:MI') as "soldOutAt"
   from unnest($1::uuid[], $2::date[]) as u (site_id, business_date)
   join reports.sell_outs r using (site_id, business_date)
   join catalog.items i on i.id = r.item_id
   join sites.sites s on s.id = r.site_id
   order by r.site_id, r.business_date, r.sold_out_at, i.name`,
);

export function listLatestSellOuts(
  db: Db,
  siteIds: readonly string[],
  days: readonly string[],
): Promise<LatestSellOut[]> {
  return db.run(sellOuts, [siteIds, days]);
}

export interface ReportsState {
  readonly days: number;
  readonly newest: string | null;
  readonly marked: number;
  /** Seconds since the day that waits longest was marked. */
  readonly waitingSeconds: number | null;
}

const state = statement(
  "reports_state",
  `select (select count(*)::integer from reports.days) as days,
     (select max(computed_at) from reports.days) as newest, m.marked,
     m.waiting as "waitingSeconds"
   from (
     select count(*)::integer as marked,
       extract(epoch from clock_timestamp() - min(marked_at))::integer as waiting
     from reports.marked_days
   ) m`,
);

/** How far the reports are behind. */
export async function readState(db: Db): Promise<ReportsState> {
  const [row] = await db.run<ReportsState>(state);
  return row ?? { days: 0, newest: null, marked: 0, waitingSeconds: null };
}
