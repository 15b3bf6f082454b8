import type { Db } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, pageOf } from "#platform/page.ts";
import type { Balance, BalancePage } from "../model/ledger.ts";
import type { BalanceFilter } from "./list-balances.ts";

// On hand is a sum over the index alone, from whichever end is nearer: all that took effect by then,
// or the balance less what did since.
const onHand = `
  cross join lateral (
    select (select m.effective_at from stock.movements m
        where m.item_id = b.item_id and m.site_id = b.site_id order by m.effective_at limit 1) as since,
      (select m.effective_at from stock.movements m
        where m.item_id = b.item_id and m.site_id = b.site_id order by m.effective_at desc limit 1)
        as till
  ) span
  cross join lateral (
    select t.at > span.since + (span.till - span.since) / 2 as is_late offset 0
  ) side
  cross join lateral (
    select coalesce(sum(m.quantity), 0) as quantity, coalesce(sum(m.value), 0) as value
    from stock.movements m
    where not side.is_late and m.item_id = b.item_id and m.site_id = b.site_id
      and m.effective_at <= t.at
  ) earlier
  cross join lateral (
    select coalesce(sum(m.quantity), 0) as quantity, coalesce(sum(m.value), 0) as value
    from stock.movements m
    where side.is_late and m.item_id = b.item_id and m.site_id = b.site_id
      and m.effective_at > t.at
  ) later
  cross join lateral (
    select case when side.is_late then b.quantity - later.quantity else earlier.quantity end
        as quantity,
      case when side.is_late then b.value - later.value else earlier.value end as value
  ) held`;

// What was there but not to be had: of layers held now, or expired on that day, what they have now
// less what they got since. Since a day of expiry nothing is sold or used of a layer, and no two
// clocks of a site are more than 26 hours apart, so after these only the rare types can touch it.
const hidden = `
  cross join lateral (
    select coalesce(sum(l.quantity), 0) as quantity from stock.layers l
    where l.item_id = b.item_id and l.site_id = b.site_id and l.is_open
      and coalesce(l.arrived_at, l.effective_at) <= t.at and (l.is_held or l.expires_on < t.day)
  ) left_over
  cross join lateral (
    select coalesce(sum(a.quantity), 0) as quantity
    from (
      select a.quantity from stock.layers l
      join stock.allocations a on a.layer_id = l.id
      join stock.movements m on m.id = a.movement_id
      where l.item_id = b.item_id and l.site_id = b.site_id and l.is_held
        and coalesce(l.arrived_at, l.effective_at) <= t.at and m.effective_at > t.at
      union all
      select a.quantity from (
        select m.id from stock.movements m
        where m.item_id = b.item_id and m.site_id = b.site_id
          and m.effective_at > t.at and m.effective_at <= t.at + interval '26 hours'
        union all
        select m.id from stock.movements m
        where m.item_id = b.item_id and m.site_id = b.site_id
          and m.effective_at > t.at + interval '26 hours'
          and m.type not in ('receipt', 'output', 'transfer_in', 'sale', 'settlement',
            'consumption', 'transfer_out')
      ) m
      join stock.allocations of on of.movement_id = m.id
      join stock.layers l on l.id = of.layer_id
      join stock.allocations a on a.movement_id = of.movement_id and a.layer_id = of.layer_id
      where not l.is_held and l.expires_on < t.day
        and coalesce(l.arrived_at, l.effective_at) <= t.at
    ) a
  ) since_then`;

/**
 * Balances as of a moment, as known now: all that took effect by then, whenever it was recorded
 * (domain rules 4). `available` goes by what is held now and what had expired on that day.
 */
export async function listBalancesAsOf(
  db: Db,
  query: BalanceFilter,
  asOf: string,
): Promise<BalancePage> {
  const after = cursorKeys(query, idKey, idKey);
  const where = new Where()
    .add("b.site_id = ?", query.siteId)
    .add("b.site_id = any(?)", query.siteIds)
    .add("b.item_id = ?", query.itemId)
    .add("(b.item_id, b.site_id) > (?, ?)", after?.[0], after?.[1]);
  const at = `$${where.values.push(asOf)}::timestamptz`;
  const text = `select b.item_id as "itemId", i.name, b.site_id as "siteId",
      trim_scale(held.quantity) as quantity,
      trim_scale(held.quantity - left_over.quantity + since_then.quantity) as available,
      trim_scale(held.value) as value, i.unit
    from (
      select b.* from stock.balances b ${where.text}
      order by b.item_id, b.site_id limit $${where.values.push(query.limit + 1)}
    ) b
    join catalog.items i on i.id = b.item_id
    join sites.sites s on s.id = b.site_id
    cross join lateral (select ${at} as at, (${at} at time zone s.zone)::date as day) t
    ${onHand} ${hidden}
    order by b.item_id, b.site_id`;
  const rows = await runList<Balance>(db, "stock_balances_as_of", text, where);
  return pageOf(rows, query, (row) => [row.itemId, row.siteId], same);
}

const same = (row: Balance) => row;
