import { type Db, type Statement, statement } from "#platform/db.ts";
import type { BrokenRow } from "../model/verification.ts";

// Each statement answers the first row that breaks its rule, or none.

// A reversal mirrors its original: same item and site, everything negated, allocation by
// allocation.
const reversals = statement(
  "stock_verify_reversals",
  `select 'stock.movements' as "table", r.id, c.problem, null as expected, null as actual
   from stock.movements r
   left join stock.movements o on o.id = r.reverses
   cross join lateral (values
     (r.type not in ('void', 'run_reversal', 'settlement_reversal') or r.reverses is null,
       'a reversal names what it reverses, and nothing else does'),
     (r.reverses is not null and o.id is null, 'reverses a movement that does not exist'),
     (o.reverses is not null, 'reverses a reversal'),
     ((r.item_id, r.site_id, r.quantity, r.value) <> (o.item_id, o.site_id, -o.quantity, -o.value),
       'does not mirror its original'),
     (o.seq > r.seq, 'was recorded before its original'),
     ((select count(*) from stock.movements t where t.reverses = r.reverses) > 1,
       'its original is reversed twice'),
     (exists (select from
        (select layer_id, -quantity as quantity, -value as value
         from stock.allocations where movement_id = o.id) a
        full join (select layer_id, quantity, value
          from stock.allocations where movement_id = r.id) b using (layer_id)
        where (a.quantity, a.value) is distinct from (b.quantity, b.value)),
       'does not give back what its original took, layer by layer')
   ) as c (is_broken, problem)
   where r.id = any($1::uuid[]) and c.is_broken
   order by r.seq limit 1`,
);

// Each settlement's movement has its row, of the same quantity, and its shortfall is of the pair.
const settlements = statement(
  "stock_verify_settlements",
  `select 'stock.movements' as "table", m.id,
     'settles or reopens another quantity than its shortfall was given' as problem,
     trim_scale(-m.quantity)::text as expected, trim_scale(t.quantity)::text as actual
   from stock.movements m
   left join (stock.settlements t join stock.shortfalls s on s.id = t.shortfall_id)
     on t.movement_id = m.id and s.item_id = m.item_id and s.site_id = m.site_id
   where m.id = any($1::uuid[]) and t.quantity is distinct from -m.quantity
   order by m.seq limit 1`,
);

// quantity = open + cancelled + settled; what is cancelled leaves nothing open; and the balance
// knows.
const shortfalls = statement(
  "stock_verify_shortfalls",
  `with short as materialized (
     select s.*, coalesce((select sum(t.quantity) from stock.settlements t
       where t.shortfall_id = s.id), 0) as settled
     from stock.shortfalls s where s.item_id = $1 and s.site_id = $2
   )
   (select 'stock.shortfalls' as "table", s.id::text, c.problem,
      trim_scale(c.expected)::text as expected, trim_scale(s.open_quantity)::text as actual
    from short s cross join lateral (values
      (s.quantity - s.settled - s.cancelled_quantity,
        'open is not its quantity less what was settled and cancelled'),
      (case when s.cancelled_quantity > 0 then 0 else s.open_quantity end,
        'is cancelled and open')
    ) as c (expected, problem)
    where c.expected <> s.open_quantity order by s.seq limit 1)
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
   limit 1`,
);

// What a run consumed went into what it made: edge by edge as much as the allocation took. A
// reversal takes its original's edges back.
const genealogy = statement(
  "stock_verify_genealogy",
  `with edge as materialized (
     select movement_id, consumed_layer_id as layer_id, sum(quantity) as quantity,
       sum(value) as value
     from stock.genealogy where movement_id = any($1::uuid[]) group by 1, 2
   ), taken as materialized (
     select a.movement_id, a.layer_id, -a.quantity as quantity, -a.value as value,
       exists (select from stock.movements o
         where o.source_id = m.source_id and o.type = 'output')
       and (m.type = 'consumption' or exists (select from stock.movements c
         where c.id = m.reverses and c.type = 'consumption')) as has_output
     from stock.movements m join stock.allocations a on a.movement_id = m.id
     where m.id = any($1::uuid[])
   )
   (select 'stock.genealogy' as "table", movement_id || '/' || layer_id as id,
      'the edges of an allocation are not what it took' as problem,
      trim_scale(coalesce(t.quantity, 0)) || ' worth ' || trim_scale(coalesce(t.value, 0))
        as expected,
      trim_scale(coalesce(e.quantity, 0)) || ' worth ' || trim_scale(coalesce(e.value, 0)) as actual
    from taken t full join edge e using (movement_id, layer_id)
    where (t.quantity, t.value) is distinct from (e.quantity, e.value)
      and (e.movement_id is not null or t.has_output)
    order by 2 limit 1)
   union all
   (select 'stock.genealogy', g.movement_id || '/' || g.produced_layer_id,
      'leads to a layer that its run did not make', null, null
    from stock.genealogy g join stock.movements m on m.id = g.movement_id
    left join (stock.layers p join stock.lots o on o.id = p.lot_id)
      on p.id = g.produced_layer_id and o.source_id = m.source_id
    where g.movement_id = any($1::uuid[]) and p.id is null order by 2 limit 1)
   limit 1`,
);

const layersWithoutLot = statement(
  "stock_verify_lots",
  `select 'stock.layers' as "table", l.id,
     'its lot does not exist or is of another item' as problem,
     null as expected, null as actual
   from stock.layers l left join stock.lots o on o.id = l.lot_id and o.item_id = l.item_id
   where l.item_id = $1 and l.site_id = $2 and o.id is null order by l.seq limit 1`,
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

export function findBrokenReversal(db: Db, movementIds: readonly string[]): Found {
  return first(db, reversals, [movementIds]);
}

export function findBrokenSettlement(db: Db, movementIds: readonly string[]): Found {
  return first(db, settlements, [movementIds]);
}

export function findBrokenEdge(db: Db, movementIds: readonly string[]): Found {
  return first(db, genealogy, [movementIds]);
}

/** Of one item at one site: shortfalls against settlements, layers against lots. */
export async function findBrokenPair(db: Db, itemId: string, siteId: string): Found {
  const lot = await first(db, layersWithoutLot, [itemId, siteId]);
  return lot ?? first(db, shortfalls, [itemId, siteId]);
}

export interface ShortCount {
  readonly count: string;
}

const countShort = statement(
  "stock_verify_short_count",
  "select count(*) as count from stock.shortfalls where item_id = $1 and site_id = $2",
);

export async function countShortfalls(db: Db, itemId: string, siteId: string): Promise<number> {
  const [row] = await db.run<ShortCount>(countShort, [itemId, siteId]);
  return Number(row?.count ?? 0);
}

/** The first row of the whole books that names what does not exist. */
export async function findOrphan(db: Db): Found {
  for (const check of orphans) {
    const orphan = await first(db, check, []);
    if (orphan !== undefined) return orphan;
  }
  return undefined;
}
