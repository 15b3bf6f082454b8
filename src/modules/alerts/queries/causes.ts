import { type Db, statement } from "#platform/db.ts";
import type { Cause } from "../rules/kinds.ts";

export interface SiteQuestion {
  readonly siteId: string;
  readonly now: Date;
  readonly expiringDays: number;
  readonly shortfallHours: number;
}

// All of a site at once. Available is what is neither held nor past its date; a lot expires on the
// site's calendar, good through that day. Of a site that is archived nothing is wrong.
const ofSite = statement(
  "alerts_causes_of_site",
  `with site as (
     select id, ($2::timestamptz at time zone zone)::date as today from sites.sites
     where id = $1 and archived_at is null
   ), layer as materialized (
     select l.item_id, l.lot_id, l.quantity, l.expires_on, l.is_held, site.today
     from site join stock.layers l on l.site_id = site.id where l.is_open
   ), usable as (
     select item_id, sum(quantity) as quantity from layer
     where not is_held and coalesce(expires_on >= today, true) group by item_id
   ), low as (
     select b.item_id, coalesce(u.quantity, 0) as quantity, i.reorder_level
     from site join stock.balances b on b.site_id = site.id
     join catalog.items i on i.id = b.item_id
     left join usable u on u.item_id = b.item_id
     where i.reorder_level is not null and i.archived_at is null and i.stocking = 'stocked'
       and coalesce(u.quantity, 0) <= i.reorder_level
   ), old as (
     select item_id, lot_id, sum(quantity) as quantity, min(expires_on) as expires_on,
       min(expires_on) < min(today) as is_over
     from layer where expires_on <= today + $3::int group by item_id, lot_id
   ), short as (
     select f.item_id, sum(f.open_quantity) as quantity, min(f.effective_at) as since
     from site join stock.shortfalls f on f.site_id = site.id
     where f.open_quantity > 0 and f.effective_at < $2::timestamptz - make_interval(hours => $4::int)
     group by f.item_id
   )
   select 'low_stock' as kind, item_id as "itemId", null::uuid as "lotId",
     trim_scale(quantity)::text as quantity, trim_scale(reorder_level)::text as "reorderLevel",
     null::date as "expiresOn", null::timestamptz as since from low
   union all
   select case when is_over then 'lot_expired' else 'lot_expiring' end, item_id, lot_id,
     trim_scale(quantity)::text, null, expires_on, null from old
   union all
   select 'shortfall_open', item_id, null, trim_scale(quantity)::text, null, null, since from short`,
);

export function listSiteCauses(db: Db, question: SiteQuestion): Promise<Cause[]> {
  const { siteId, now, expiringDays, shortfallHours } = question;
  return db.run<Cause>(ofSite, [siteId, now.toISOString(), expiringDays, shortfallHours]);
}

const lag = statement(
  "alerts_worker_lag",
  `select recorded_at as since from (
     select recorded_at from platform.events order by id limit 1) oldest
   where recorded_at < clock_timestamp() - make_interval(secs => $1::int)`,
);

/** Since when an event waits that has waited for longer than so many seconds. */
export async function findLagSince(db: Db, seconds: number): Promise<string | undefined> {
  const [row] = await db.run<{ since: string }>(lag, [seconds]);
  return row?.since;
}

const broken = statement(
  "alerts_verify_failed",
  `select since from (
     select ended_at as since, is_sound from verifications.runs order by ended_at desc limit 1) last
   where not is_sound`,
);

/** When the books were verified last, if they did not hold. */
export async function findBrokenAt(db: Db): Promise<string | undefined> {
  const [row] = await db.run<{ since: string }>(broken);
  return row?.since;
}

const toEvaluate = statement(
  "alerts_sites",
  `select id from sites.sites s where archived_at is null
     or exists (select from alerts.alerts a where a.site_id = s.id and a.closed_at is null)
   order by id`,
);

/** Sites in use, and those out of use with alerts still to be closed. */
export async function listSitesToEvaluate(db: Db): Promise<string[]> {
  return (await db.run<{ id: string }>(toEvaluate)).map(({ id }) => id);
}
