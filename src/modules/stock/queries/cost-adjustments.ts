import { type Db, statement, type Tx } from "#platform/db.ts";

export interface LayerAdjustment {
  readonly movementId: string;
  readonly layerId: string;
  /** Millionths, signed. */
  readonly value: string;
}

export interface AdjustmentPosting {
  readonly sourceId: string;
  readonly effectiveAt: string;
  readonly actor: string;
  readonly lines: readonly LayerAdjustment[];
}

// Value without quantity; the layers' checks refuse any that would fall below 0, or that are empty.
const adjust = statement(
  "stock_adjust_layers",
  `with line as materialized (
     select u.n, u.movement_id, u.layer_id, u.value * 0.000001 as value, l.item_id, l.site_id,
       ($4::timestamptz at time zone s.zone)::date as effective_on
     from unnest($1::uuid[], $2::uuid[], $3::numeric[]) with ordinality
       as u (movement_id, layer_id, value, n)
     join stock.layers l on l.id = u.layer_id
     join sites.sites s on s.id = l.site_id
   ), moved as (
     insert into stock.movements (id, type, item_id, site_id, quantity, value, effective_at,
       effective_on, actor, source_id)
     select movement_id, 'adjustment', item_id, site_id, 0, value, $4, effective_on, $5, $6
     from line order by n
   ), allocated as (
     insert into stock.allocations (movement_id, layer_id, quantity, value)
     select movement_id, layer_id, 0, value from line
   ), layered as (
     update stock.layers l set value = l.value + t.value
     from (select layer_id, sum(value) as value from line group by layer_id) t
     where l.id = t.layer_id
   )
   update stock.balances b set value = b.value + t.value
   from (select item_id, site_id, sum(value) as value from line group by item_id, site_id) t
   where b.item_id = t.item_id and b.site_id = t.site_id`,
);

/** Gives layers value or takes it; needs their balances locked before. */
export async function adjustLayers(tx: Tx, posting: AdjustmentPosting): Promise<void> {
  const { lines } = posting;
  if (lines.length === 0) return;
  await tx.run(adjust, [
    lines.map((line) => line.movementId),
    lines.map((line) => line.layerId),
    lines.map((line) => line.value),
    posting.effectiveAt,
    posting.actor,
    posting.sourceId,
  ]);
}

export interface CostAdjustmentRow {
  readonly id: string;
  readonly kind: "sale" | "void" | "waste" | "count" | "return" | "loss";
  readonly itemId: string;
  readonly siteId: string;
  readonly layerId: string | null;
  readonly movementId: string | null;
  readonly sourceId: string;
  readonly sourceLineId: string | null;
  /** Millionths, as is the value. */
  readonly quantity: string;
  readonly value: string;
}

const insert = statement(
  "stock_insert_cost_adjustments",
  `insert into stock.cost_adjustments (id, kind, item_id, site_id, layer_id, movement_id, source_id,
     source_line_id, quantity, value, correction_id, effective_at)
   select id, kind, item_id, site_id, layer_id, movement_id, source_id, source_line_id,
     quantity * 0.000001, value * 0.000001, $11, $12
   from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[],
     $8::uuid[], $9::numeric[], $10::numeric[])
     as u (id, kind, item_id, site_id, layer_id, movement_id, source_id, source_line_id, quantity,
       value)`,
);

export async function insertCostAdjustments(
  tx: Tx,
  cause: { readonly correctionId: string | null; readonly effectiveAt: string },
  rows: readonly CostAdjustmentRow[],
): Promise<void> {
  // A statement's time is limited, and a closure may have hundreds of thousands of takers.
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = rows.slice(from, from + rowsAtOnce);
    await tx.run(insert, [
      some.map((row) => row.id),
      some.map((row) => row.kind),
      some.map((row) => row.itemId),
      some.map((row) => row.siteId),
      some.map((row) => row.layerId),
      some.map((row) => row.movementId),
      some.map((row) => row.sourceId),
      some.map((row) => row.sourceLineId),
      some.map((row) => row.quantity),
      some.map((row) => row.value),
      cause.correctionId,
      cause.effectiveAt,
    ]);
  }
}

const rowsAtOnce = 20_000;

const adjustedSources = statement(
  "stock_adjusted_source",
  `select 1 from stock.cost_adjustments where source_id = $1
   group by layer_id, movement_id having sum(value) <> 0 limit 1`,
);

/** Whether a late price changed what a document took, and was not put back. */
export async function isAdjusted(db: Db, sourceId: string): Promise<boolean> {
  return (await db.run(adjustedSources, [sourceId])).length > 0;
}

export interface LineAdjustment {
  readonly layerId: string;
  readonly itemId: string;
  readonly siteId: string;
  readonly movementId: string;
  readonly sourceId: string;
  readonly sourceLineId: string;
  /** Millionths: what these movements took of the layer for the line. */
  readonly quantity: string;
  /** Millionths: what late prices added to that. */
  readonly value: string;
}

const hasAdjustments = statement(
  "stock_has_line_adjustments",
  `select 1 from stock.movements m
   join stock.cost_adjustments c on c.source_id = m.source_id
     and c.source_line_id = m.source_line_id and c.kind in ('sale', 'void')
   where m.id = any($1::uuid[]) limit 1`,
);

// Of what late prices added to a line for a layer, the part that goes with these movements: all of
// it if they are all the line has of the layer, else by quantity; and, all lines together, no more
// than the layer can give when they are mirrored.
const ofMovements = statement(
  "stock_line_adjustments",
  `with taken as materialized (
     select a.layer_id, m.source_id, m.source_line_id, -sum(a.quantity) as quantity,
       -sum(a.value) as value, (array_agg(m.id order by m.seq))[1] as movement_id
     from stock.movements m join stock.allocations a on a.movement_id = m.id
     where m.id = any($1::uuid[]) group by 1, 2, 3
   ), adjusted as materialized (
     select t.*, sum(t.value) over (partition by t.layer_id) as mirrored, (
       select sum(c.value) from stock.cost_adjustments c
       where c.source_id = t.source_id and c.source_line_id = t.source_line_id
         and c.layer_id = t.layer_id and c.kind in ('sale', 'void')) as added, (
       select -sum(a.quantity) from stock.movements m
       join stock.allocations a on a.movement_id = m.id and a.layer_id = t.layer_id
       where m.source_id = t.source_id and m.source_line_id = t.source_line_id
         and m.type in ('sale', 'settlement', 'void', 'settlement_reversal')) as net
     from taken t
   ), part as (
     select *, case when quantity = net then added else round(added * quantity / net, 6) end as share
     from adjusted where added <> 0
   ), given as (
     select p.*, l.item_id, l.site_id, l.seq, greatest(
       sum(p.share) over (partition by p.layer_id order by p.source_id, p.source_line_id),
       -(l.value + p.mirrored)) as upto
     from part p join stock.layers l on l.id = p.layer_id where p.share <> 0
   )
   select layer_id as "layerId", item_id as "itemId", site_id as "siteId",
     movement_id as "movementId", source_id as "sourceId", source_line_id as "sourceLineId",
     (quantity * 1000000)::numeric(38, 0) as quantity,
     ((upto - coalesce(lag(upto) over (
       partition by layer_id order by source_id, source_line_id), 0)) * 1000000)::numeric(38, 0)
       as value
   from given order by seq, source_id, source_line_id`,
);

/** What late prices added to the sale's lines for which these movements took; before the mirror. */
export async function listLineAdjustments(
  db: Db,
  movementIds: readonly string[],
): Promise<LineAdjustment[]> {
  if ((await db.run(hasAdjustments, [movementIds])).length === 0) return [];
  return db.run<LineAdjustment>(ofMovements, [movementIds]);
}
