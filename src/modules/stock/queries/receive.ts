import { statement, type Tx } from "#platform/db.ts";

export interface ReceiveLine {
  readonly lotId: string;
  readonly layerId: string;
  readonly movementId: string;
  readonly itemId: string;
  /** Stock unit, above 0. */
  readonly quantity: string;
  /** Ledger value of all of it. */
  readonly value: string;
  readonly expiresOn?: string | null | undefined;
  readonly supplierLot?: string | null | undefined;
  readonly sourceLineId?: string | undefined;
}

export interface ReceivePosting {
  readonly type: "receipt" | "output" | "count";
  readonly origin: "receipt" | "run" | "count" | "import";
  readonly siteId: string;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
  readonly sourceId: string;
  readonly actor: string;
  readonly supplierId?: string | null | undefined;
  readonly lines: readonly ReceiveLine[];
}

// Needs the balances locked by the statement before it: seq is the order of recording. Only a count
// can bring more of a lot that is on the books, which may be held.
const receive = statement(
  "stock_receive",
  `with line as materialized (
     select u.*, nextval('stock.recording_order') as seq
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::numeric[], $6::numeric[],
         $7::date[], $8::text[], $9::uuid[])
       as u (lot_id, layer_id, movement_id, item_id, quantity, value, expires_on, supplier_lot,
         source_line_id)
   ), held as (
     select distinct on (line.layer_id) line.layer_id, line.seq, c.hold_id
     from line join stock.hold_lots c on c.lot_id = line.lot_id
     where $13 = 'count' and not exists (select from stock.releases r where r.hold_id = c.hold_id)
   ), lot as (
     insert into stock.lots (id, item_id, origin, source_id, supplier_id, supplier_lot, expires_on)
     select lot_id, item_id, $15, $14, $17, supplier_lot, expires_on from line
     on conflict (id) do nothing
   ), layer as (
     insert into stock.layers (id, lot_id, item_id, site_id, quantity_in, value_in, quantity, value,
       effective_at, seq, expires_on, is_held)
     select layer_id, lot_id, item_id, $10, quantity, value, quantity, value, $11, seq, expires_on,
       exists (select from held where held.layer_id = line.layer_id)
     from line
   ), flipped as (
     insert into stock.layer_holds (layer_id, seq, is_held, hold_id)
     select layer_id, seq, true, hold_id from held
   ), moved as (
     insert into stock.movements (id, seq, type, item_id, site_id, quantity, value, effective_at,
       effective_on, actor, source_id, source_line_id)
     select movement_id, seq, $13, item_id, $10, quantity, value, $11, $12, $16, $14, source_line_id
     from line
   ), allocated as (
     insert into stock.allocations (movement_id, layer_id, quantity, value)
     select movement_id, layer_id, quantity, value from line
   )
   update stock.balances b set quantity = b.quantity + t.quantity, value = b.value + t.value
   from (select item_id, sum(quantity) as quantity, sum(value) as value
         from line group by item_id) t
   where b.item_id = t.item_id and b.site_id = $10`,
);

/**
 * Puts new lots on the books, one layer a line; needs the balances of their items locked before.
 */
export async function receiveStock(tx: Tx, posting: ReceivePosting): Promise<void> {
  const { lines } = posting;
  await tx.run(receive, [
    lines.map((line) => line.lotId),
    lines.map((line) => line.layerId),
    lines.map((line) => line.movementId),
    lines.map((line) => line.itemId),
    lines.map((line) => line.quantity),
    lines.map((line) => line.value),
    lines.map((line) => line.expiresOn ?? null),
    lines.map((line) => line.supplierLot ?? null),
    lines.map((line) => line.sourceLineId ?? null),
    posting.siteId,
    posting.effectiveAt,
    posting.effectiveOn,
    posting.type,
    posting.sourceId,
    posting.origin,
    posting.actor,
    posting.supplierId ?? null,
  ]);
}
