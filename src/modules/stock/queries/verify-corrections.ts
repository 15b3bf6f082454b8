import { type Db, type Statement, statement } from "#platform/db.ts";
import type { BrokenRow } from "../model/verification.ts";

// Each statement answers the first row that breaks its rule, or none; $1 is a site, or null for all.

// Where the difference of a late price went adds up to it, kind by kind (domain rules 4).
const corrections = statement(
  "stock_verify_corrections",
  `select 'stock.price_corrections' as "table", c.id::text,
     'says another value for ' || v.part || ' than its rows' as problem,
     trim_scale(v.expected)::text as expected, trim_scale(v.actual)::text as actual
   from stock.price_corrections c
   cross join lateral (
     select coalesce(sum(total_cost - previous_cost), 0) as difference
     from stock.price_correction_lines where correction_id = c.id) lines
   cross join lateral (
     select coalesce(sum(value), 0) as kept
     from stock.movements where source_id = c.id and type = 'adjustment') stock
   cross join lateral (
     select coalesce(sum(value), 0) as passed,
       coalesce(sum(value) filter (where kind = 'sale'), 0) as sold,
       coalesce(sum(value) filter (where kind = 'waste'), 0) as wasted,
       coalesce(sum(value) filter (where kind = 'count'), 0) as counted,
       coalesce(sum(value) filter (where kind = 'return'), 0) as returned,
       coalesce(sum(value) filter (where kind = 'loss'), 0) as lost
     from stock.cost_adjustments where correction_id = c.id) costs
   cross join lateral (values
     ('the whole difference', lines.difference, kept + passed),
     ('stock', kept, c.stock_value), ('sales', sold, c.sale_value),
     ('waste', wasted, c.waste_value), ('counts', counted, c.count_value),
     ('returns', returned, c.return_value), ('losses', lost, c.loss_value)
   ) as v (part, expected, actual)
   where v.expected <> v.actual and ($1::uuid is null or c.site_id = $1)
   order by c.id limit 1`,
);

// What a void or a reopened settlement takes back of late prices goes to the layers, and nothing
// else does.
const counters = statement(
  "stock_verify_counter_adjustments",
  `select 'stock.cost_adjustments' as "table", t.source_id::text as id,
     'takes back another value than its document gives to layers' as problem,
     trim_scale(-m.value)::text as expected, trim_scale(t.value)::text as actual
   from (select source_id, sum(value) as value from stock.cost_adjustments
     where correction_id is null and ($1::uuid is null or site_id = $1) group by source_id) t
   cross join lateral (select coalesce(sum(value), 0) as value from stock.movements
     where source_id = t.source_id and type = 'adjustment') m
   where t.value <> -m.value order by 2 limit 1`,
);

const adjustments: readonly Statement[] = [corrections, counters];

/** The first late price whose parts do not add up. */
export async function findBrokenCorrection(
  db: Db,
  siteId: string | undefined,
): Promise<BrokenRow | undefined> {
  for (const check of adjustments) {
    const [row] = await db.run<BrokenRow>(check, [siteId ?? null]);
    if (row !== undefined) return row;
  }
  return undefined;
}

const count = statement(
  "stock_verify_count_adjustments",
  `select count(*) as count from stock.cost_adjustments
   where $1::uuid is null or site_id = $1`,
);

export async function countCostAdjustments(db: Db, siteId: string | undefined): Promise<number> {
  const [row] = await db.run<{ count: string }>(count, [siteId ?? null]);
  return Number(row?.count ?? 0);
}
