import { type Db, inOrder, type Statement, statement } from "#platform/db.ts";
import type { BrokenRow } from "../model/verification.ts";

// What movements say of other rows. Each statement answers the first row that breaks its rule, or
// none: of the movements of a page ($1), or of all, which is one pass instead of a look-up each.

/** What may undo what. */
const undoes = [
  "void of sale",
  "void of settlement",
  "run_reversal of consumption",
  "run_reversal of output",
  "settlement_reversal of settlement",
  "waste_reversal of waste",
  "count_reversal of count",
];
const reversalTypes = [...new Set(undoes.map((each) => each.split(" of ")[0] ?? ""))];
const textOf = (words: readonly string[]) => words.map((word) => `'${word}'`).join(", ");

// A reversal mirrors its original: same item and site, everything negated, allocation by
// allocation.
const reversals = (
  scope: Scope,
) => `select 'stock.movements' as "table", r.id, c.problem, null as expected, null as actual
   from stock.movements r
   left join stock.movements o on o.id = r.reverses
   cross join lateral (values
     ((r.reverses is null) = (r.type in (${textOf(reversalTypes)})),
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
       'does not give back what its original took, layer by layer'),
     (r.type || ' of ' || o.type not in (${textOf(undoes)}), 'reverses what is not of its kind')
   ) as c (is_broken, problem)
   where ${scope("r")} and c.is_broken
   order by r.seq limit 1`;

// Each settlement's movement has its row, of the same quantity, and its shortfall is of the pair.
const settlements = (scope: Scope) => `select 'stock.movements' as "table", m.id,
     'settles or reopens another quantity than its shortfall was given' as problem,
     trim_scale(-m.quantity)::text as expected, trim_scale(t.quantity)::text as actual
   from stock.movements m
   left join (stock.settlements t join stock.shortfalls s on s.id = t.shortfall_id)
     on t.movement_id = m.id and s.item_id = m.item_id and s.site_id = m.site_id
   where ${scope("m")} and t.quantity is distinct from -m.quantity
   order by m.seq limit 1`;

// What a run consumed went into what it made, what a transfer took into what it brought: edge by
// edge as much as the allocation took. A reversal takes its original's edges back.
const genealogy = (scope: Scope) => `with edge as materialized (
     select movement_id, consumed_layer_id as layer_id, sum(quantity) as quantity,
       sum(value) as value
     from stock.genealogy g where ${scope("g", "movement_id")} group by 1, 2
   ), taken as materialized (
     select a.movement_id, a.layer_id, -a.quantity as quantity, -a.value as value,
       m.type = 'transfer_out' or exists (select from stock.movements o
         where o.source_id = m.source_id and o.type = 'output')
       and (m.type = 'consumption' or exists (select from stock.movements c
         where c.id = m.reverses and c.type = 'consumption')) as has_output
     from stock.movements m join stock.allocations a on a.movement_id = m.id
     where ${scope("m")}
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
    where ${scope("m")} and m.type <> 'transfer_out' and p.id is null
    order by 2 limit 1)
   limit 1`;

// A transfer takes each layer's lot, age and worth along: one layer there for each taken here.
const transfers = (
  scope: Scope,
) => `(select 'stock.genealogy' as "table", g.movement_id || '/' || g.produced_layer_id as id,
      'leads to a layer that its transfer did not bring, or of another lot or age' as problem,
      null as expected, null as actual
    from stock.movements m join stock.genealogy g on g.movement_id = m.id
    where ${scope("m")} and m.type = 'transfer_out' and not exists (
      select from stock.layers c
      join stock.layers p on p.id = g.produced_layer_id and p.item_id = c.item_id
        and p.lot_id = c.lot_id and p.effective_at = c.effective_at
        and p.expires_on is not distinct from c.expires_on and p.site_id <> c.site_id
      join stock.allocations a on a.layer_id = p.id
      join stock.movements t on t.id = a.movement_id and t.type = 'transfer_in'
        and t.source_id = m.source_id and t.effective_at = m.effective_at
      where c.id = g.consumed_layer_id)
    order by 2 limit 1)
   union all
   (select 'stock.movements', t.id::text, 'brings another quantity or value than its transfer took',
      trim_scale(coalesce(o.quantity, 0)) || ' worth ' || trim_scale(coalesce(o.value, 0)),
      trim_scale(t.quantity) || ' worth ' || trim_scale(t.value)
    from stock.movements t left join lateral (
      select sum(g.quantity) as quantity, sum(g.value) as value
      from stock.allocations a join stock.genealogy g on g.produced_layer_id = a.layer_id
      join stock.movements m on m.id = g.movement_id and m.type = 'transfer_out'
      where a.movement_id = t.id) o on true
    where ${scope("t")} and t.type = 'transfer_in'
      and (o.quantity, o.value) is distinct from (t.quantity, t.value)
    order by t.seq limit 1)
   limit 1`;

// Value alone moves for a late price, or for what takes one back.
const adjustments = (scope: Scope) => `select 'stock.movements' as "table", m.id,
     'adjusts a value for no late price and nothing that takes one back' as problem,
     null as expected, null as actual
   from stock.movements m
   where ${scope("m")}
     and not exists (select from stock.price_corrections c where c.id = m.source_id)
     and not exists (select from stock.cost_adjustments c
       where c.source_id = m.source_id and c.correction_id is null)
   order by m.seq limit 1`;

/** A row of the ledger, as far as it says what must be asked of it. */
interface Referring {
  readonly id: string;
  readonly type: string;
  readonly reverses: string | null;
}

/** Which rows a statement is about: those whose column is one of a page's ids, or all of its types. */
type Scope = (row: string, column?: string) => string;

interface Question {
  readonly ofPage: Statement;
  readonly ofAll: Statement;
  isAbout(movement: Referring): boolean;
}

const ofPage: Scope = (row, column = "id") => `${row}.${column} = any($1::uuid[])`;

function question(
  name: string,
  text: (scope: Scope) => string,
  types: readonly string[],
  isOfReversals = false,
): Question {
  const isOfType: Scope = (row, column) => {
    // An edge under any movement counts, so that a stray one is found.
    if (column !== undefined) return "true";
    const isReversing = isOfReversals ? ` or ${row}.reverses is not null` : "";
    return `(${row}.type in (${textOf(types)})${isReversing})`;
  };
  return {
    ofPage: statement(`stock_verify_${name}`, text(ofPage)),
    ofAll: statement(`stock_verify_all_${name}`, text(isOfType)),
    isAbout: ({ type, reverses }) => types.includes(type) || (isOfReversals && reverses !== null),
  };
}

const questions: readonly Question[] = [
  question("reversals", reversals, reversalTypes, true),
  question("settlements", settlements, ["settlement", "settlement_reversal"]),
  question("genealogy", genealogy, ["consumption", "run_reversal", "transfer_out"]),
  question("adjustments", adjustments, ["adjustment"]),
  question("transfers", transfers, ["transfer_out", "transfer_in"]),
];

/** The first row that the movements of a page refer to wrongly. */
export async function findBrokenReference(
  db: Db,
  page: readonly Referring[],
): Promise<BrokenRow | undefined> {
  const found = questions.map(async (each) => {
    const movementIds = page.filter(each.isAbout).map((movement) => movement.id);
    if (movementIds.length === 0) return undefined;
    const [row] = await db.run<BrokenRow>(each.ofPage, [movementIds]);
    return row;
  });
  return (await inOrder(...found)).find((row) => row !== undefined);
}

/** The same of all movements there are. */
export async function findBrokenReferenceOfAll(db: Db): Promise<BrokenRow | undefined> {
  for (const { ofAll } of questions) {
    const [row] = await db.run<BrokenRow>(ofAll);
    if (row !== undefined) return row;
  }
  return undefined;
}
