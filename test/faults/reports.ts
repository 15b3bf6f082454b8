import { rebuildReports } from "#modules/reports/index.ts";
import { systemCtx } from "../harness/reports.ts";
import { openTestWeb } from "../harness/web.ts";
import type { Sql } from "./sql.ts";

// Sums over the books in plain SQL, beside the statement by which the product computes its reports.

const offences = `
  with sold as (
    select s.site_id, s.business_date as day, sum(s.net) as net, sum(s.tax) as tax,
      sum(s.total) as total,
      sum(s.total + s.rounding) filter (where s.kind = 'sale') as due,
      sum((select sum(amount) from sales.payments p where p.sale_id = s.id) - s.change)
        filter (where s.kind = 'sale') as paid
    from sales.sales s where not exists (select from sales.voids v where v.sale_id = s.id)
    group by 1, 2
  ), returned as (
    select r.site_id, r.business_date as day, sum(r.net) as net, sum(r.tax) as tax,
      sum(r.total) as total,
      sum(r.total + r.rounding) filter (where r.kind = 'refund') as due,
      sum((select sum(amount) from sales.refund_payments p where p.refund_id = r.id))
        filter (where r.kind = 'refund') as paid
    from sales.refunds r group by 1, 2
  ), books as (
    select site_id, day, coalesce(s.net, 0) as net, coalesce(s.tax, 0) as tax,
      coalesce(s.total, 0) as total, coalesce(r.net, 0) as refund_net,
      coalesce(r.tax, 0) as refund_tax, coalesce(r.total, 0) as refund_total,
      coalesce(s.due, 0) - coalesce(r.due, 0) as due, coalesce(s.paid, 0) - coalesce(r.paid, 0) as paid
    from sold s full join returned r using (site_id, day)
  ), reported as (
    select site_id, business_date as day, net, tax, total, refund_net, refund_tax, refund_total
    from reports.days
  ), of_hours as (
    select site_id, business_date as day, sum(net), sum(tax), sum(total), sum(refund_net),
      sum(refund_tax), sum(refund_total) from reports.hours group by 1, 2
  ), of_items as (
    select site_id, business_date as day, sum(net), sum(tax), sum(total), sum(refund_net),
      sum(refund_tax), sum(refund_total) from reports.sales group by 1, 2
  ), tenders as (
    select site_id, business_date as day, sum(taken - refunded) as paid from reports.payments
    group by 1, 2
  ), moved as (
    select site_id, item_id, sum(quantity) as quantity, sum(value) as value from reports.stock
    group by 1, 2
  ), costs as (
    select site_id, sum(cost) as cost from (
      select site_id, -value as cost from stock.movements
      where type in ('sale', 'settlement', 'settlement_reversal', 'void', 'refund')
      union all select site_id, value from stock.cost_adjustments where kind in ('sale', 'void')
    ) each group by 1
  ), told as (select site_id, sum(cost) as cost from reports.days group by 1)
  select 'payments of ' || day || ' at ' || site_id || ' are not its totals' as offence
  from books where due <> paid
  union all
  select 'reported payments of ' || day || ' at ' || site_id || ' are not its totals'
  from books b full join tenders t using (site_id, day)
  where coalesce(b.due, 0) <> coalesce(t.paid, 0)
  union all
  select 'reported totals of ' || coalesce(b.day, d.day) || ' are not those of its sales'
  from (
    select site_id, day, net, tax, total, refund_net, refund_tax, refund_total from books
    where (net, tax, total, refund_net, refund_tax, refund_total) <> (0, 0, 0, 0, 0, 0)
  ) b full join (
    select * from reported
    where (net, tax, total, refund_net, refund_tax, refund_total) <> (0, 0, 0, 0, 0, 0)
  ) d on (b.site_id, b.day) = (d.site_id, d.day)
  where (b.*) is distinct from (d.*)
  union all
  select 'reported ' || by || ' of ' || day || ' do not add up to the day'
  from (
    (select 'hours' as by, * from of_hours
      except select 'hours', * from reported)
    union all
    (select 'items', * from of_items
      except select 'items', * from reported)
  ) each
  union all
  select 'reported movements of ' || item_id || ' at ' || site_id || ' are not its balance'
  from stock.balances b full join moved m using (site_id, item_id)
  where (coalesce(b.quantity, 0), coalesce(b.value, 0))
    is distinct from (coalesce(m.quantity, 0), coalesce(m.value, 0))
  union all
  select 'reported costs at ' || site_id || ' are ' || coalesce(t.cost, 0) || ', not '
    || coalesce(c.cost, 0)
  from costs c full join told t using (site_id) where coalesce(c.cost, 0) <> coalesce(t.cost, 0)
  limit 20`;

/**
 * I5: payments = sale totals = reports, by site and business date; reported movements are the
 * balances, reported costs what the ledger took for sales. Compute what is marked before.
 */
export async function checkReports(sql: Sql): Promise<string[]> {
  const found = await sql.rows<{ offence: string }>(offences);
  return found.map(({ offence }) => `I5 ${offence}`);
}

/** I5 where no worker is: the reports of these books, computed now. */
export async function checkRebuilt(sql: Sql, appUrl: string): Promise<string[]> {
  const own = openTestWeb(appUrl);
  try {
    await rebuildReports(systemCtx(own));
  } finally {
    await own.close();
  }
  return checkReports(sql);
}
