// Parts of the statement that computes days: what was sold, given back and paid.

/** The documents of the days, and in which hour of the site's clock they were made. */
export const documents = `
  sold as materialized (
    select s.business_date, s.id, s.kind, s.rounding, s.change, v.sale_id is not null as is_voided,
      extract(hour from s.sold_at at time zone $7)::smallint as hour
    from sales.sales s left join sales.voids v on v.sale_id = s.id
    where s.site_id = $1 and s.business_date between $2 and $3
  ), returned as materialized (
    select r.business_date, r.id, r.kind, r.sale_id, r.rounding,
      extract(hour from r.refunded_at at time zone $7)::smallint as hour
    from sales.refunds r where r.site_id = $1 and r.business_date between $2 and $3
  ), line as materialized (
    select s.business_date, s.hour, s.is_voided, l.id, l.item_id, l.stock_quantity, l.gross,
      l.discount, l.net, l.tax, l.total
    from sold s join sales.sale_lines l on l.sale_id = s.id
  )`;

/**
 * What lines cost by now, settlements and late prices included, and whether they are still short;
 * a line that is not here is of history or keeps no stock: its cost is unknown.
 */
export const lineCosts = `
  posted as materialized (
    select id from sold where kind = 'sale'
    union select sale_id from returned where kind = 'refund'
  ), line_cost as materialized (
    select line_id, sum(cost) as cost, sum(short) > 0 as is_pending
    from (
      select m.source_line_id as line_id, -m.value as cost, 0 as short
      from posted p join stock.movements m on m.source_id = p.id
      where m.type in ('sale', 'settlement', 'settlement_reversal', 'void')
      union all
      select c.source_line_id, c.value, 0
      from posted p join stock.cost_adjustments c on c.source_id = p.id
      where c.kind in ('sale', 'void')
      union all
      select f.source_line_id, 0, f.open_quantity
      from posted p join stock.shortfalls f on f.source_id = p.id
    ) each group by line_id
  )`;

const amounts = ["gross", "discount", "net", "tax", "total"] as const;

/** Sums of one kind of fact; there are none of it in most groups. */
const sumOf = (kind: string, column: string) =>
  `coalesce(sum(${column}) filter (where kind = '${kind}'), 0)`;

// A voided sale costs nothing but what a late price could not be given back.
export const salesByHour = `
  fact as (
    select l.business_date, l.item_id, l.hour,
      case when l.is_voided then 'void' else 'sale' end as kind,
      l.stock_quantity as quantity, l.gross, l.discount, l.net, l.tax, l.total,
      case when l.is_voided then nullif(c.cost, 0) else c.cost end as cost,
      coalesce(c.is_pending and not l.is_voided, false) as is_pending,
      c.line_id is not null and not c.is_pending and not l.is_voided as is_final
    from line l left join line_cost c on c.line_id = l.id
    union all
    select r.business_date, l.item_id, r.hour, 'refund',
      coalesce(round(l.quantity * o.stock_quantity / o.quantity, 6), l.quantity), l.gross,
      l.discount, -l.net, -l.tax, -l.total,
      case when c.line_id is not null then -coalesce(b.value, 0) end, false,
      c.line_id is not null and not c.is_pending
    from returned r join sales.refund_lines l on l.refund_id = r.id
    left join sales.sale_lines o on o.id = l.line_id
    left join line_cost c on c.line_id = l.line_id and r.kind = 'refund'
    left join (
      select m.source_id, m.source_line_id, sum(m.value) as value
      from returned r join stock.movements m on m.source_id = r.id
      where m.type = 'refund' group by 1, 2
    ) b on b.source_id = r.id and b.source_line_id = l.line_id
  ), fresh_sales as materialized (
    select business_date, item_id, hour,
      ${sumOf("sale", "quantity")} as quantity, ${sumOf("refund", "quantity")} as refund_quantity,
      ${sumOf("void", "quantity")} as void_quantity,
      ${amounts.map((column) => `${sumOf("sale", column)} as ${column}`).join(", ")},
      -${sumOf("refund", "net")} as refund_net, -${sumOf("refund", "tax")} as refund_tax,
      -${sumOf("refund", "total")} as refund_total, ${sumOf("void", "total")} as void_total,
      sum(cost) as cost, sum(net) filter (where is_final) as final_net,
      sum(cost) filter (where is_final) as final_cost,
      count(*) filter (where is_pending)::integer as pending_lines
    from fact group by business_date, item_id, hour
  )`;

export const takingsColumns = [
  ...amounts,
  "refund_net",
  "refund_tax",
  "refund_total",
  "void_total",
  "cost",
  "final_net",
  "final_cost",
  "pending_lines",
] as const;
export const ticketColumns = ["sales", "refunds", "voids"] as const;

const sumsOf = (source: string, columns: readonly string[]) =>
  columns.map((column) => `sum(${source}.${column}) as ${column}`).join(", ");

export const hours = `
  fresh_hours as materialized (
    select business_date, hour, t.sales, t.refunds, t.voids, ${takingsColumns.join(", ")}
    from (
      select business_date, hour, count(*) filter (where kind = 'sale')::integer as sales,
        count(*) filter (where kind = 'refund')::integer as refunds,
        count(*) filter (where kind = 'void')::integer as voids
      from (
        select business_date, hour, case when is_voided then 'void' else 'sale' end as kind from sold
        union all select business_date, hour, 'refund' from returned
      ) each group by 1, 2
    ) t join (
      select business_date, hour, ${sumsOf("f", takingsColumns)} from fresh_sales f group by 1, 2
    ) s using (business_date, hour)
  )`;

/** A day is there if anything was sold, given back, moved or made on it. */
export const days = `
  fresh_days as materialized (
    select d.business_date, ${[...ticketColumns, ...takingsColumns]
      .map((column) =>
        column === "cost" || column.startsWith("final_")
          ? `t.${column}`
          : `coalesce(t.${column}, 0) as ${column}`,
      )
      .join(", ")},
      coalesce(r.rounding, 0) as rounding, coalesce(s.waste_value, 0) as waste_value,
      coalesce(s.stock_value, 0) as stock_value, clock_timestamp() as computed_at,
      $4::uuid as event_id
    from (
      select business_date from fresh_hours union select business_date from fresh_stock
      union select business_date from fresh_production
    ) d
    left join (
      select business_date, ${sumsOf("h", [...ticketColumns, ...takingsColumns])}
      from fresh_hours h group by 1
    ) t using (business_date)
    left join (
      select business_date, sum(wasted_value) as waste_value, sum(value) as stock_value
      from fresh_stock group by 1
    ) s using (business_date)
    left join (
      select business_date, sum(rounding) as rounding
      from (
        select business_date, rounding from sold where not is_voided
        union all select business_date, -rounding from returned
      ) each group by 1
    ) r using (business_date)
  )`;

export const payments = `
  fresh_payments as materialized (
    select business_date, method, sum(taken) as taken, sum(refunded) as refunded
    from (
      select s.business_date, p.method, p.amount as taken, 0 as refunded
      from sold s join sales.payments p on p.sale_id = s.id where not s.is_voided
      union all
      select business_date, 'cash', -change, 0 from sold where not is_voided and change <> 0
      union all
      select r.business_date, p.method, 0, p.amount
      from returned r join sales.refund_payments p on p.refund_id = r.id
    ) each group by business_date, method
  )`;
