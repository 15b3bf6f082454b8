import { verifyReceipts } from "#modules/sales/index.ts";
import { verifyStock } from "#modules/stock/index.ts";
import { contextOf } from "../harness/stock-books.ts";
import { openTestWeb } from "../harness/web.ts";
import type { Sql } from "./sql.ts";

// Sums of the ledger in plain SQL, beside the product's own verify.
const offences = `
  with moved as (
    select item_id, site_id, sum(quantity) as quantity, sum(value) as value
    from stock.movements group by 1, 2
  ), allocated as (
    select layer_id, sum(quantity) as quantity, sum(value) as value
    from stock.allocations group by 1
  ), taken as (
    select movement_id, sum(quantity) as quantity, sum(value) as value
    from stock.allocations group by 1
  ), remaining as (
    select item_id, site_id, sum(quantity) as quantity, sum(value) as value
    from stock.layers group by 1, 2
  )
  select 'balance ' || item_id || ' at ' || site_id || ' is not its movements' as offence
  from stock.balances b full join moved m using (item_id, site_id)
  where (coalesce(b.quantity, 0), coalesce(b.value, 0))
    is distinct from (coalesce(m.quantity, 0), coalesce(m.value, 0))
  union all
  select 'balance ' || item_id || ' at ' || site_id || ' is not its layers'
  from stock.balances b full join remaining r using (item_id, site_id)
  where (coalesce(b.quantity, 0), coalesce(b.value, 0))
    is distinct from (coalesce(r.quantity, 0), coalesce(r.value, 0))
  union all
  select 'layer ' || coalesce(l.id, a.layer_id) || ' is not its allocations'
  from stock.layers l full join allocated a on a.layer_id = l.id
  where l.id is null or (l.quantity, l.value)
    is distinct from (coalesce(a.quantity, 0), coalesce(a.value, 0))
  union all
  select 'movement ' || coalesce(m.id, t.movement_id) || ' is not its allocations'
  from stock.movements m full join taken t on t.movement_id = m.id
  where (m.quantity, m.value) is distinct from (t.quantity, t.value)
  union all
  select 'layer ' || id || ' is negative' from stock.layers where quantity < 0 or value < 0
  limit 20`;

/** I2: per layer, item and site, what came in less what went out is what remains. */
export async function checkBooks(sql: Sql): Promise<string[]> {
  const found = await sql.rows<{ offence: string }>(offences);
  return found.map(({ offence }) => `I2 ${offence}`);
}

/** I3: verify's replay of the books and of every till's chain of receipts. */
export async function checkReplay(databaseUrl: string): Promise<string[]> {
  const { app, close } = openTestWeb(databaseUrl);
  try {
    const stock = await verifyStock(contextOf(app), {});
    const receipts = await verifyReceipts(contextOf(app));
    return [
      ...(stock.broken === null ? [] : [`I3 ${JSON.stringify(stock.broken)}`]),
      ...(receipts.broken === null ? [] : [`I1 receipts ${JSON.stringify(receipts.broken)}`]),
    ];
  } finally {
    await close();
  }
}
