import { statement, type Tx } from "#platform/db.ts";
import type { Mirror } from "./mirror.ts";

interface ProducedLayer {
  readonly layerId: string;
  /** The share of what was consumed that went into it, beside the others'. 0 or more. */
  readonly weight: string;
}

export interface GenealogyLinks {
  /** What was consumed; their allocations are already written. */
  readonly movementIds: readonly string[];
  /** What it became; at least one weight is above 0. */
  readonly produced: readonly ProducedLayer[];
}

// ALLOC (domain rules 2) of each allocation over the layers made: whole millionths by div(), what
// is left goes to the largest remainders, ties to the lowest index. So the edges of a movement add
// up to what it took, exactly, quantity and value. A layer of weight 0 has edges, too: a recall
// must find it.
const link = statement(
  "stock_link_genealogy",
  `with made as (
     select layer_id, weight, n, sum(weight) over () as weights
     from unnest($2::uuid[], $3::numeric[]) with ordinality as u (layer_id, weight, n)
   ), share as (
     select a.movement_id, a.layer_id as consumed, m.layer_id as produced, m.n,
       -a.quantity * 1000000 as quantity, -a.value * 1000000 as value,
       div(-a.quantity * 1000000 * m.weight, m.weights) as quantity_part,
       div(-a.value * 1000000 * m.weight, m.weights) as value_part,
       mod(-a.quantity * 1000000 * m.weight, m.weights) as quantity_rest,
       mod(-a.value * 1000000 * m.weight, m.weights) as value_rest
     from stock.allocations a cross join made m
     where a.movement_id = any($1::uuid[])
   ), ranked as (
     select share.*,
       quantity - sum(quantity_part) over allocation as quantity_left,
       value - sum(value_part) over allocation as value_left,
       row_number() over (allocation order by quantity_rest desc, n) as quantity_rank,
       row_number() over (allocation order by value_rest desc, n) as value_rank
     from share
     window allocation as (partition by movement_id, consumed)
   )
   insert into stock.genealogy (movement_id, consumed_layer_id, produced_layer_id, quantity, value)
   select movement_id, consumed, produced,
     (quantity_part + case when quantity_rank <= quantity_left then 1 else 0 end) * 0.000001,
     (value_part + case when value_rank <= value_left then 1 else 0 end) * 0.000001
   from ranked`,
);

/** One edge an allocation and a layer made. */
export async function insertEdges(tx: Tx, links: GenealogyLinks): Promise<void> {
  await tx.run(link, [
    links.movementIds,
    links.produced.map((layer) => layer.layerId),
    links.produced.map((layer) => layer.weight),
  ]);
}

const unlink = statement(
  "stock_unlink_genealogy",
  `insert into stock.genealogy (movement_id, consumed_layer_id, produced_layer_id, quantity, value)
   select u.movement_id, g.consumed_layer_id, g.produced_layer_id, -g.quantity, -g.value
   from unnest($1::uuid[], $2::uuid[]) as u (movement_id, reverses)
   join stock.genealogy g on g.movement_id = u.reverses`,
);

/** The edges of reversed movements, negated, under the ids of their mirrors. */
export async function insertMirroredEdges(tx: Tx, mirrors: readonly Mirror[]): Promise<void> {
  await tx.run(unlink, [
    mirrors.map((each) => each.movementId),
    mirrors.map((each) => each.reverses),
  ]);
}
