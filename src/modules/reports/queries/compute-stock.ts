// Parts of the statement that computes days: what the ledger moved, what was made, what ran out.

const ofSale = "('sale', 'settlement', 'void', 'settlement_reversal', 'refund')";

const businessDate = "((m.effective_at at time zone $7) - $8::time)::date";

/**
 * The days' movements. Two hours on either side of the days' limits hold every change of clocks; the
 * business date decides (domain rules 8), by one comparison: of two the planner expects nothing. Nearly
 * all lines are the days' own, so few are looked up one by one.
 */
export const movements = `
  moving as materialized (
    select d.business_date, m.id, m.item_id, m.type, m.quantity, m.value, m.source_id,
      m.effective_at, coalesce(coalesce(l.item_id, case when m.type in ${ofSale} then (
        select item_id from sales.sale_lines where id = m.source_line_id
      ) end) <> m.item_id, false) as is_ingredient
    from stock.balances b
    join stock.movements m on m.item_id = b.item_id and m.site_id = b.site_id
      and m.effective_at >= $5 and m.effective_at < $6
    cross join lateral (select ${businessDate} as business_date) d
    left join line l on l.id = m.source_line_id
    where b.site_id = $1 and (d.business_date - $2::date) * ($3::date - d.business_date) >= 0
  )`;

const flows = [
  ["received", "+", "type in ('receipt', 'receipt_reversal')"],
  ["made", "+", "type = 'output' or (type = 'run_reversal' and quantity < 0)"],
  ["used", "-", "type = 'consumption' or (type = 'run_reversal' and quantity > 0)"],
  ["sold", "-", `type in ${ofSale} and not is_ingredient`],
  ["ordered", "-", `type in ${ofSale} and is_ingredient`],
  ["wasted", "-", "type in ('waste', 'refund_waste', 'waste_reversal')"],
  ["counted", "+", "type in ('count', 'count_reversal')"],
  ["transferred", "+", "type in ('transfer_in', 'transfer_out')"],
] as const;

export const stockColumns = [
  "quantity",
  "value",
  ...flows.flatMap(([name]) => [`${name}_quantity`, `${name}_value`]),
  "corrected_value",
];

const sumsOf = ([name, sign, condition]: (typeof flows)[number]) =>
  ["quantity", "value"]
    .map((column) => {
      const counted = column === "value" ? "value + late" : "quantity";
      return `${sign === "-" ? "-" : ""}coalesce(sum(${counted}) filter (where ${condition}), 0)
        as ${name}_${column}`;
    })
    .join(", ");

// What a late price added to waste, counts and what went back to a supplier counts on their own day,
// as it does for sales; the ledger's own value does not hold it.
export const stock = `
  late as (
    select m.id, -sum(c.value) as value
    from moving m join stock.cost_adjustments c on c.source_id = m.source_id
      and c.movement_id = m.id and c.kind in ('waste', 'count', 'return')
    where m.type in ('waste', 'refund_waste', 'count', 'receipt_reversal')
    group by m.id
  ), fresh_stock as materialized (
    select business_date, item_id, sum(quantity) as quantity, sum(value) as value,
      ${flows.map(sumsOf).join(", ")},
      coalesce(sum(value) filter (where type = 'adjustment'), 0) as corrected_value
    from (
      select m.*, coalesce(l.value, 0) as late from moving m left join late l on l.id = m.id
    ) each group by business_date, item_id
  )`;

export const production = `
  fresh_production as materialized (
    select r.business_date, r.item_id, count(*)::integer as runs,
      sum(r.expected_output) as expected, sum(r.actual_output) as made,
      sum(greatest(r.expected_output - r.actual_output, 0)) as lost, sum(r.total_cost) as cost,
      sum(r.abnormal_loss + coalesce(l.value, 0)) as lost_value
    from production.runs r join production.run_states s on s.run_id = r.id and s.status = 'completed'
    left join lateral (
      select sum(c.value) as value from stock.cost_adjustments c
      where c.source_id = r.id and c.kind = 'loss'
    ) l on true
    where r.site_id = $1 and r.business_date between $2 and $3
    group by r.business_date, r.item_id
  )`;

// What was on hand at each instant, counted back from the balance of now. The last fall to nothing
// tells: if a sale made it and the day ended with nothing, the product was sold out.
export const sellOuts = `
  instant as (
    select m.business_date, m.item_id, m.effective_at, sum(m.quantity) as quantity,
      bool_or(m.type in ('sale', 'settlement')) as is_sale
    from moving m join catalog.items i on i.id = m.item_id and i.kind = 'product'
    where m.quantity <> 0
    group by m.business_date, m.item_id, m.effective_at
  ), closing as materialized (
    select b.item_id, b.quantity - coalesce((
      select sum(m.quantity) from stock.movements m
      where m.item_id = b.item_id and m.site_id = b.site_id
        and m.effective_at >= $6::timestamptz - interval '4 hours' and ${businessDate} > $3
      ), 0) as quantity
    from stock.balances b
    where b.site_id = $1 and b.item_id in (select item_id from instant)
  ), level as (
    select i.business_date, i.item_id, i.effective_at, i.is_sale, i.quantity as change,
      c.quantity + i.quantity - sum(i.quantity) over (
        partition by i.item_id order by i.effective_at desc rows unbounded preceding) as quantity
    from instant i join closing c using (item_id)
  ), fall as (
    select distinct on (business_date, item_id) business_date, item_id, effective_at, is_sale
    from level where quantity = 0 and change < 0
    order by business_date, item_id, effective_at desc
  ), evening as (
    select distinct on (business_date, item_id) business_date, item_id, quantity
    from level order by business_date, item_id, effective_at desc
  ), fresh_sell_outs as materialized (
    select f.business_date, f.item_id, f.effective_at as sold_out_at
    from fall f join evening e using (business_date, item_id)
    where f.is_sale and e.quantity = 0
  )`;
