import { type Db, type Statement, statement } from "#platform/db.ts";
import type { BrokenRow } from "../model/verification.ts";

// Each statement answers the first row that breaks its rule, or none.

// Of one item at one site: each layer's lot is of its item; a shortfall's quantity = open + cancelled
// + settled, each of them as its rows say; the balance knows what is open; and what was on hand is
// never less than nothing, at no business time, as known now.
const pair = statement(
  "stock_verify_pair",
  `with short as materialized (
     select s.*, coalesce((select sum(t.quantity) from stock.settlements t
       where t.shortfall_id = s.id), 0) as settled,
       coalesce((select sum(c.quantity) from stock.shortfall_cancellations c
         where c.shortfall_id = s.id), 0) as cancelled
     from stock.shortfalls s where s.item_id = $1 and s.site_id = $2
   )
   (select 'stock.layers' as "table", l.id::text,
      'its lot does not exist or is of another item' as problem,
      null as expected, null as actual
    from stock.layers l left join stock.lots o on o.id = l.lot_id and o.item_id = l.item_id
    where l.item_id = $1 and l.site_id = $2 and o.id is null order by l.seq limit 1)
   union all
   (select 'stock.shortfalls', s.id::text, c.problem,
      trim_scale(c.expected)::text, trim_scale(c.actual)::text
    from short s cross join lateral (values
      (s.quantity - s.settled - s.cancelled_quantity, s.open_quantity,
        'open is not its quantity less what was settled and cancelled'),
      (s.cancelled, s.cancelled_quantity,
        'cancelled is not the sum of its cancellations')
    ) as c (expected, actual, problem)
    where c.expected <> c.actual order by s.seq limit 1)
   union all
   (select 'stock.settlements', t.movement_id::text, 'its movement is no settlement of that item',
      null, null
    from short s join stock.settlements t on t.shortfall_id = s.id
    left join stock.movements m on m.id = t.movement_id and m.item_id = $1 and m.site_id = $2
      and m.type in ('settlement', 'settlement_reversal')
    where m.id is null order by 2 limit 1)
   union all
   (select 'stock.balances', $1::text || '/' || $2::text,
      'short_quantity is not the sum of its open shortfalls', trim_scale(o.open)::text,
      trim_scale(b.short_quantity)::text
    from stock.balances b, (select coalesce(sum(open_quantity), 0) as open from short) o
    where b.item_id = $1 and b.site_id = $2 and b.short_quantity <> o.open)
   union all
   (select 'stock.balances', $1::text || '/' || $2::text,
      'on hand is less than nothing from ' || to_char(effective_at at time zone 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), null, trim_scale(on_hand)::text
    from (select effective_at, sum(sum(quantity)) over (order by effective_at) as on_hand
      from stock.movements where item_id = $1 and site_id = $2 group by effective_at) t
    where on_hand < 0 order by effective_at limit 1)
   limit 1`,
);

// Rows that name nothing: they belong to no balance, so only a look at whole tables finds them.
const orphans: readonly Statement[] = [
  orphanOf("movements", "t.id", "balances b on b.item_id = t.item_id and b.site_id = t.site_id"),
  orphanOf("layers", "t.id", "balances b on b.item_id = t.item_id and b.site_id = t.site_id"),
  orphanOf("shortfalls", "t.id", "balances b on b.item_id = t.item_id and b.site_id = t.site_id"),
  orphanOf("lots", "t.id", "layers b on b.lot_id = t.id"),
  orphanOf(
    "allocations",
    "t.movement_id || '/' || t.layer_id",
    "movements b on b.id = t.movement_id",
  ),
  orphanOf("allocations", "t.movement_id || '/' || t.layer_id", "layers b on b.id = t.layer_id"),
  orphanOf("settlements", "t.movement_id", "movements b on b.id = t.movement_id"),
  orphanOf("layer_holds", "t.layer_id", "layers b on b.id = t.layer_id"),
  orphanOf("cost_adjustments", "t.id", "layers b on t.layer_id is null or b.id = t.layer_id"),
  orphanOf(
    "genealogy",
    "t.movement_id || '/' || t.consumed_layer_id",
    "movements b on b.id = t.movement_id",
  ),
];

function orphanOf(table: string, id: string, parent: string): Statement {
  const [named = ""] = parent.split(" ");
  return statement(
    `stock_orphans_${table}_${named}`,
    `select 'stock.${table}' as "table", (${id})::text as id,
       'names nothing in stock.${named}' as problem, null as expected, null as actual
     from stock.${table} t left join stock.${parent} where b.* is null limit 1`,
  );
}

type Found = Promise<BrokenRow | undefined>;

async function first(db: Db, check: Statement, values: readonly unknown[]): Found {
  const [row] = await db.run<BrokenRow>(check, values);
  return row;
}

/** Of one item at one site: its layers' lots, its shortfalls, and what was on hand when. */
export function findBrokenPair(db: Db, itemId: string, siteId: string): Found {
  return first(db, pair, [itemId, siteId]);
}

/** The first row of the whole books that names what does not exist. */
export async function findOrphan(db: Db): Found {
  for (const check of orphans) {
    const orphan = await first(db, check, []);
    if (orphan !== undefined) return orphan;
  }
  return undefined;
}
