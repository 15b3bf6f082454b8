import { statement, type Tx } from "#platform/db.ts";
import { mostSince } from "./since.ts";

/**
 * Which layers an issue may take: `eligible` neither held nor expired, `any` all in the item's
 * order, `loss` the eligible ones first, then the expired, then the held.
 */
export type Eligibility = "eligible" | "any" | "loss";

export interface IssueLine {
  readonly movementId: string;
  readonly itemId: string;
  readonly quantity: string;
  readonly sourceLineId?: string | undefined;
  readonly lotId?: string | undefined;
  /** The document, where it is not the posting's. */
  readonly sourceId?: string | undefined;
}

export interface IssuePosting {
  readonly type: "sale" | "consumption" | "settlement" | "waste" | "count" | "transfer_out";
  readonly siteId: string;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
  readonly sourceId: string;
  readonly actor: string;
  readonly eligibility: Eligibility;
  readonly lines: readonly IssueLine[];
}

export interface IssuedLine {
  readonly movementId: string;
  readonly itemId: string;
  readonly wanted: string;
  /** What the layers had of it. */
  readonly quantity: string;
  readonly value: string;
}

// The consume rule (domain rules 3) in one statement: it needs the balances locked by the statement
// BEFORE it, since a statement that locks still reads with the snapshot from before its wait.
// Lines and layers are laid out as ranges on the same axis (upto = running sum); where two ranges
// overlap, the line takes that much of the layer. A layer's value goes with its quantity: the first
// x of it are worth round(value × x ÷ quantity), half away from zero, all of it all of its value.
// The quotient is taken in whole millionths by div(), since NUMERIC's own division rounds before
// round(). What is dated back takes no more than was on hand at every time since (domain rules 4):
// `cap`, for all lines of an item in their order. One row a line comes back, whatever was found; the
// caller refuses what is short and rolls back.
const issue = statement(
  "stock_issue",
  `with line as materialized (
     select u.*, sum(u.wanted) over (partition by u.item_id, u.lot_id order by u.n) as upto
     from unnest($1::uuid[], $2::uuid[], $3::numeric[], $4::uuid[], $5::uuid[], $11::uuid[])
       with ordinality as u (movement_id, item_id, wanted, source_line_id, lot_id, source_id, n)
   ), need as (
     select l.item_id, l.lot_id, coalesce(c.pick_order, 'fifo') as pick,
       b.quantity - greatest(since.most, 0) as cap
     from (select distinct item_id, lot_id from line) l
     join catalog.items i on i.id = l.item_id
     left join catalog.categories c on c.id = i.category_id
     join stock.balances b on b.item_id = l.item_id and b.site_id = $6
     cross join lateral (${mostSince("l.item_id", "$6", "$7")}) since
   ), layer as materialized (
     select n.item_id, n.lot_id, n.pick, n.cap, l.* from need n cross join lateral (
       select id, quantity, value, sum(quantity) over (
         order by
           case when $12 = 'loss' then
             case when is_held then 2 when expires_on < $8 then 1 else 0 end else 0 end,
           case when n.pick = 'fefo' then expires_on end,
           effective_at, seq, id
       ) as upto
       from stock.layers
       where item_id = n.item_id and site_id = $6 and is_open and effective_at <= $7
         and (arrived_at is null or arrived_at <= $7)
         and (n.lot_id is null or lot_id = n.lot_id)
         and ($12 <> 'eligible' or not is_held and (expires_on is null or expires_on >= $8::date))
     ) l
   ), overlap as (
     select line.movement_id, line.item_id, layer.id as layer_id, layer.pick, layer.quantity,
       layer.value, r.since, r.till - greatest(sum(r.till - r.since) over (
         partition by line.item_id order by line.n, layer.upto) - layer.cap, 0) as till
     from line
     join layer on layer.item_id = line.item_id and layer.lot_id is not distinct from line.lot_id
       and layer.upto > line.upto - line.wanted and layer.upto - layer.quantity < line.upto
     cross join lateral (
       select least(line.upto - layer.upto, 0) + layer.quantity as till,
         greatest(line.upto - line.wanted - (layer.upto - layer.quantity), 0) as since
     ) r
   ), taken as materialized (
     select movement_id, item_id, layer_id, pick, till - since as quantity,
       case when till = quantity then value
         else div(2000000 * value * till + quantity, 2 * quantity) * 0.000001
       end
       - div(2000000 * value * since + quantity, 2 * quantity) * 0.000001
         as value
     from overlap where till > since
   ), moved as (
     insert into stock.movements (id, type, item_id, site_id, quantity, value, effective_at,
       effective_on, actor, source_id, source_line_id, pick, lot_id)
     select line.movement_id, $9, line.item_id, $6, -t.quantity, -t.value, $7, $8, $10,
       line.source_id,
       line.source_line_id, t.pick, line.lot_id
     from (select movement_id, pick, sum(quantity) as quantity, sum(value) as value
           from taken group by movement_id, pick) t
     join line using (movement_id)
     order by line.n
   ), allocated as (
     insert into stock.allocations (movement_id, layer_id, quantity, value)
     select movement_id, layer_id, -quantity, -value from taken
   ), reduced as (
     update stock.layers l set quantity = l.quantity - t.quantity, value = l.value - t.value
     from (select layer_id, sum(quantity) as quantity, sum(value) as value
           from taken group by layer_id) t
     where l.id = t.layer_id
   ), balanced as (
     update stock.balances b set quantity = b.quantity - t.quantity, value = b.value - t.value
     from (select item_id, sum(quantity) as quantity, sum(value) as value
           from taken group by item_id) t
     where b.item_id = t.item_id and b.site_id = $6
   )
   select line.movement_id as "movementId", line.item_id as "itemId", line.wanted,
     coalesce(sum(t.quantity), 0) as quantity, coalesce(sum(t.value), 0) as value
   from line left join taken t using (movement_id)
   group by line.n, line.movement_id, line.item_id, line.wanted order by line.n`,
);

/** Takes stock for lines, in their order; needs the balances of their items locked before. */
export function issueStock(tx: Tx, posting: IssuePosting): Promise<IssuedLine[]> {
  const { lines } = posting;
  return tx.run<IssuedLine>(issue, [
    lines.map((line) => line.movementId),
    lines.map((line) => line.itemId),
    lines.map((line) => line.quantity),
    lines.map((line) => line.sourceLineId ?? null),
    lines.map((line) => line.lotId ?? null),
    posting.siteId,
    posting.effectiveAt,
    posting.effectiveOn,
    posting.type,
    posting.actor,
    lines.map((line) => line.sourceId ?? posting.sourceId),
    posting.eligibility,
  ]);
}
