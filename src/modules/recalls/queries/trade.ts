import { type Db, statement } from "#platform/db.ts";
import { cursorKeys, idKey, type PageQuery, pageOf } from "#platform/page.ts";
import type { Carried, LotSale, LotSalePage, SoldDay, WastedDay } from "../model.ts";

// What each sale took of each lot, less what came back. A refund names the sale's line.
const sold = `sold as materialized (
     select s.sale_id, l.lot_id, -sum(a.quantity) as quantity
     from stock.layers l
     join stock.allocations a on a.layer_id = l.id
     join stock.movements m on m.id = a.movement_id
     join sales.sale_lines s on s.id = m.source_line_id
     where l.lot_id = any($1::uuid[])
       and m.type in ('sale', 'settlement', 'void', 'settlement_reversal', 'refund')
     group by s.sale_id, l.lot_id
     having sum(a.quantity) <> 0
   )`;

const sales = statement(
  "recalls_sales",
  `with ${sold}
   select e.id, sold.lot_id as "lotId", i.name as "itemName", e.site_id as "siteId",
     e.till_id as "tillId", e.receipt_number::int as "receiptNumber", e.sold_at as "soldAt",
     e.business_date as "businessDate", trim_scale(sold.quantity)::text as quantity, i.unit
   from sold join sales.sales e on e.id = sold.sale_id
   join stock.lots o on o.id = sold.lot_id
   join catalog.items i on i.id = o.item_id
   where $2::uuid is null or (e.id, sold.lot_id) > ($2, $3)
   order by e.id, sold.lot_id limit $4`,
);

/** By sale and lot. */
export async function listSales(
  db: Db,
  lotIds: readonly string[],
  query: PageQuery,
): Promise<LotSalePage> {
  const [sale = null, lot = null] = cursorKeys(query, idKey, idKey) ?? [];
  const rows = await db.run<LotSale>(sales, [lotIds, sale, lot, query.limit + 1]);
  return pageOf(
    rows,
    query,
    (row) => [row.id, row.lotId],
    (row) => row,
  );
}

const soldDays = statement(
  "recalls_sold_days",
  `with ${sold}
   select e.business_date as "businessDate", e.site_id as "siteId", t.name as "siteName",
     e.till_id as "tillId", k.name as "tillName", sold.lot_id as "lotId", i.name as "itemName",
     i.unit, trim_scale(sum(sold.quantity))::text as quantity, count(*)::int as "saleCount",
     min(e.receipt_number)::int as "firstReceipt", max(e.receipt_number)::int as "lastReceipt"
   from sold join sales.sales e on e.id = sold.sale_id
   join stock.lots o on o.id = sold.lot_id
   join catalog.items i on i.id = o.item_id
   join sites.sites t on t.id = e.site_id
   left join sites.tills k on k.id = e.till_id
   group by e.business_date, e.site_id, t.name, e.till_id, k.name, sold.lot_id, i.name, i.unit
   order by e.business_date, t.name, k.name nulls first, i.name, sold.lot_id`,
);

/** By day, site, till and lot. */
export function listSoldDays(db: Db, lotIds: readonly string[]): Promise<SoldDay[]> {
  return db.run(soldDays, [lotIds]);
}

const saleCount = statement(
  "recalls_sale_count",
  `with ${sold} select count(distinct sale_id)::int as count from sold`,
);

export async function countSales(db: Db, lotIds: readonly string[]): Promise<number> {
  const [row] = await db.run<{ count: number }>(saleCount, [lotIds]);
  return row?.count ?? 0;
}

const wasted = statement(
  "recalls_wasted",
  `with wasted as (
     select coalesce(o.id, m.id) as movement_id, l.lot_id, l.site_id, -sum(a.quantity) as quantity
     from stock.layers l
     join stock.allocations a on a.layer_id = l.id
     join stock.movements m on m.id = a.movement_id
     left join stock.movements o on o.id = m.reverses
     where l.lot_id = any($1::uuid[])
       and coalesce(o.type, m.type) in ('waste', 'refund_waste')
     group by coalesce(o.id, m.id), l.lot_id, l.site_id
     having sum(a.quantity) <> 0
   )
   select m.effective_on as "effectiveOn", w.site_id as "siteId", t.name as "siteName",
     w.lot_id as "lotId", i.name as "itemName", i.unit,
     trim_scale(sum(w.quantity))::text as quantity, coalesce(d.reason, r.reason) as reason
   from wasted w join stock.movements m on m.id = w.movement_id
   join stock.lots o on o.id = w.lot_id
   join catalog.items i on i.id = o.item_id
   join sites.sites t on t.id = w.site_id
   left join stock.wastes d on d.id = m.source_id
   left join sales.refunds r on r.id = m.source_id
   group by m.effective_on, w.site_id, t.name, w.lot_id, i.name, i.unit,
     coalesce(d.reason, r.reason)
   order by m.effective_on, t.name, i.name, w.lot_id, coalesce(d.reason, r.reason)`,
);

/** By day, site, lot and reason. */
export function listWasted(db: Db, lotIds: readonly string[]): Promise<WastedDay[]> {
  return db.run(wasted, [lotIds]);
}

const carried = statement(
  "recalls_transfers",
  `select d.effective_at as "effectiveAt", f.name as "fromSiteName", t.name as "toSiteName",
     l.lot_id as "lotId", i.name as "itemName", i.unit,
     trim_scale(-sum(a.quantity))::text as quantity
   from stock.layers l
   join stock.allocations a on a.layer_id = l.id
   join stock.movements m on m.id = a.movement_id and m.type = 'transfer_out'
   join stock.transfers d on d.id = m.source_id
   join sites.sites f on f.id = d.from_site_id
   join sites.sites t on t.id = d.to_site_id
   join catalog.items i on i.id = l.item_id
   where l.lot_id = any($1::uuid[])
   group by d.id, d.effective_at, f.name, t.name, l.lot_id, i.name, i.unit
   order by d.effective_at, d.id, i.name, l.lot_id`,
);

/** By time. */
export function listTransfers(db: Db, lotIds: readonly string[]): Promise<Carried[]> {
  return db.run(carried, [lotIds]);
}
