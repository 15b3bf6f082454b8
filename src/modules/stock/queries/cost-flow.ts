import { type Db, statement, type Tx } from "#platform/db.ts";

export interface FlowLayer {
  readonly id: string;
  readonly itemId: string;
  readonly siteId: string;
  /** Millionths, as are all numbers here. */
  readonly quantity: string;
  readonly value: string;
  /** The latest of all layers' times. */
  readonly latest: string;
}

const micros = (sum: string) => `((${sum}) * 1000000)::numeric(38, 0)`;

// Edges that a reversal took back are followed too: nothing flows along them, and a lock too many
// does no harm.
const closure = statement(
  "stock_cost_closure",
  `with recursive reached (layer_id) as (
     select unnest($1::uuid[])
     union
     select g.produced_layer_id from reached r
     join stock.genealogy g on g.consumed_layer_id = r.layer_id
   )
   select l.id, l.item_id as "itemId", l.site_id as "siteId", ${micros("l.quantity")} as quantity,
     ${micros("l.value")} as value, max(greatest(l.effective_at, l.arrived_at)) over () as latest
   from reached r join stock.layers l on l.id = r.layer_id order by l.seq`,
);

/** These layers and all that was made of them or carried from them, in the order of recording. */
export function listClosure(db: Db, layerIds: readonly string[]): Promise<FlowLayer[]> {
  return db.run<FlowLayer>(closure, [layerIds]);
}

export interface FlowConsumer {
  readonly layerId: string;
  readonly kind: "sale" | "waste" | "count" | "return" | "run" | "transfer";
  readonly movementId: string;
  readonly sourceId: string;
  readonly sourceLineId: string | null;
  readonly quantity: string;
  /** With its cost adjustments. */
  readonly cost: string;
  /** The layer that a transfer made, or a run of its good output. */
  readonly producedLayerId: string | null;
  readonly latest: string;
}

// What a sale's line gave back counts for the line, by whatever document; everything else is undone
// by the mirror of its one movement. What brought the layer in is no consumer: neither is its
// mirror, since nothing flows into a layer that was taken back.
const consumers = statement(
  "stock_cost_consumers",
  `with taken as (
     select a.layer_id, f.kind, m.id, m.seq, m.source_id, m.source_line_id, m.effective_at,
       a.quantity, a.value,
       case when f.kind = 'sale' then coalesce(m.source_line_id, m.reverses, m.id)
         else coalesce(m.reverses, m.id) end as taker
     from stock.allocations a
     join stock.movements m on m.id = a.movement_id
     join (values ('sale', 'sale'), ('settlement', 'sale'), ('void', 'sale'), ('refund', 'sale'),
       ('settlement_reversal', 'sale'), ('waste', 'waste'), ('waste_reversal', 'waste'),
       ('refund_waste', 'waste'), ('count', 'count'), ('count_reversal', 'count'),
       ('receipt_reversal', 'return'), ('consumption', 'run'), ('run_reversal', 'run'),
       ('transfer_out', 'transfer')) as f (type, kind) on f.type = m.type
     where a.layer_id = any($1::uuid[])
   ), net as (
     select layer_id, kind, taker, min(seq) as seq, max(effective_at) as latest,
       -sum(quantity) as quantity, -sum(value) as value
     from taken group by layer_id, kind, taker having sum(quantity) < 0
   ), adjusted as (
     select layer_id, case when kind = 'void' then 'sale' else kind end as kind,
       case when kind in ('sale', 'void') then coalesce(source_line_id, movement_id)
         else movement_id end as taker,
       sum(value) as value
     from stock.cost_adjustments
     where layer_id = any($1::uuid[]) and kind <> 'loss' group by 1, 2, 3
   )
   select n.layer_id as "layerId", n.kind, t.id as "movementId", t.source_id as "sourceId",
     t.source_line_id as "sourceLineId", ${micros("n.quantity")} as quantity,
     ${micros("n.value + coalesce(d.value, 0)")} as cost,
     coalesce(g.produced_layer_id, s.layer_id) as "producedLayerId",
     max(n.latest) over () as latest
   from net n
   join taken t on t.layer_id = n.layer_id and t.seq = n.seq
   left join adjusted d on d.layer_id = n.layer_id and d.kind = n.kind and d.taker = n.taker
   left join stock.cost_shares s on n.kind = 'run' and s.source_id = t.source_id
   left join stock.genealogy g on n.kind = 'transfer' and g.movement_id = t.id
     and g.consumed_layer_id = n.layer_id
   order by n.seq`,
);

/** Who took from these layers and did not give it back, in the order of recording. */
export function listConsumers(db: Db, layerIds: readonly string[]): Promise<FlowConsumer[]> {
  return db.run<FlowConsumer>(consumers, [layerIds]);
}

export interface CostShareRow {
  readonly sourceId: string;
  readonly itemId: string;
  readonly siteId: string;
  readonly layerId: string | null;
  readonly good: string;
  readonly lost: string;
}

const insertShare = statement(
  "stock_insert_cost_share",
  `insert into stock.cost_shares (source_id, item_id, site_id, layer_id, good, lost)
   values ($1, $2, $3, $4, $5, $6)`,
);

export async function insertCostShare(tx: Tx, share: CostShareRow): Promise<void> {
  const { sourceId, itemId, siteId, layerId, good, lost } = share;
  await tx.run(insertShare, [sourceId, itemId, siteId, layerId, good, lost]);
}

const shares = statement(
  "stock_cost_shares",
  `select source_id as "sourceId", item_id as "itemId", site_id as "siteId",
     layer_id as "layerId", ${micros("good")} as good, ${micros("lost")} as lost
   from stock.cost_shares where source_id = any($1::uuid[]) order by source_id`,
);

export function listCostShares(db: Db, sourceIds: readonly string[]): Promise<CostShareRow[]> {
  return db.run<CostShareRow>(shares, [sourceIds]);
}
