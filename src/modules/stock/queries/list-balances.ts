import type { Db } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageOf, type SiteScope } from "#platform/page.ts";
import type { Balance, BalancePage } from "../model/ledger.ts";

export interface BalanceFilter extends PageQuery, SiteScope {
  readonly itemId?: string | undefined;
}

/** Balances by item and site; `now` decides what has expired at each site. One statement. */
export async function listBalances(db: Db, query: BalanceFilter, now: Date): Promise<BalancePage> {
  const after = cursorKeys(query, idKey, idKey);
  const where = new Where()
    .add("b.site_id = ?", query.siteId)
    .add("b.site_id = any(?)", query.siteIds)
    .add("b.item_id = ?", query.itemId)
    .add("(b.item_id, b.site_id) > (?, ?)", after?.[0], after?.[1]);
  const today = `($${where.values.push(now.toISOString())}::timestamptz at time zone s.zone)::date`;
  const text = `select b.item_id as "itemId", i.name, b.site_id as "siteId",
      trim_scale(b.quantity) as quantity,
      trim_scale(b.quantity - coalesce((select sum(l.quantity) from stock.layers l
        where l.item_id = b.item_id and l.site_id = b.site_id and l.is_open
          and (l.is_held or l.expires_on < ${today})), 0)) as available,
      trim_scale(b.value) as value, i.unit
    from stock.balances b
    join catalog.items i on i.id = b.item_id
    join sites.sites s on s.id = b.site_id
    ${where.text} order by b.item_id, b.site_id limit $${where.values.push(query.limit + 1)}`;
  const rows = await runList<Balance>(db, "stock_balances", text, where);
  return pageOf(rows, query, (row) => [row.itemId, row.siteId], same);
}

const same = (row: Balance) => row;
