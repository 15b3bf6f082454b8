import { statement, type Tx } from "#platform/db.ts";

export interface NewShortfall {
  readonly id: string;
  readonly itemId: string;
  readonly quantity: string;
  readonly sourceLineId: string;
}

// All of these need the balances of the items locked before.

const insert = statement(
  "stock_insert_shortfalls",
  `with line as materialized (
     select * from unnest($1::uuid[], $2::uuid[], $3::numeric[], $4::uuid[])
       as u (id, item_id, quantity, source_line_id)
   ), inserted as (
     insert into stock.shortfalls (id, item_id, site_id, quantity, open_quantity, source_id,
       source_line_id, effective_at)
     select id, item_id, $5, quantity, quantity, $6, source_line_id, $7 from line
   )
   update stock.balances b set short_quantity = b.short_quantity + t.quantity
   from (select item_id, sum(quantity) as quantity from line group by item_id) t
   where b.item_id = t.item_id and b.site_id = $5`,
);

export interface ShortSale {
  readonly siteId: string;
  readonly sourceId: string;
  /** When it was sold. */
  readonly effectiveAt: string;
  readonly lines: readonly NewShortfall[];
}

export async function insertShortfalls(tx: Tx, sale: ShortSale): Promise<void> {
  const { siteId, sourceId, effectiveAt, lines } = sale;
  await tx.run(insert, [
    lines.map((line) => line.id),
    lines.map((line) => line.itemId),
    lines.map((line) => line.quantity),
    lines.map((line) => line.sourceLineId),
    siteId,
    sourceId,
    effectiveAt,
  ]);
}

export interface OpenShortfall {
  readonly id: string;
  readonly itemId: string;
  readonly openQuantity: string;
  readonly sourceId: string;
  readonly sourceLineId: string;
}

const listOpen = statement(
  "stock_open_shortfalls",
  `select id, item_id as "itemId", open_quantity as "openQuantity", source_id as "sourceId",
     source_line_id as "sourceLineId"
   from stock.shortfalls
   where site_id = $1 and item_id = any($2::uuid[]) and open_quantity > 0
   order by seq`,
);

/** Oldest first. */
export function listOpenShortfalls(tx: Tx, siteId: string, itemIds: readonly string[]) {
  return tx.run<OpenShortfall>(listOpen, [siteId, itemIds]);
}

export interface Settlement {
  readonly movementId: string;
  readonly shortfallId: string;
  /** Positive settles, negative reopens. */
  readonly quantity: string;
}

const settle = statement(
  "stock_settle",
  `with line as materialized (
     select * from unnest($1::uuid[], $2::uuid[], $3::numeric[])
       as u (movement_id, shortfall_id, quantity)
   ), recorded as (
     insert into stock.settlements (movement_id, shortfall_id, quantity)
     select movement_id, shortfall_id, quantity from line
   ), changed as (
     update stock.shortfalls s set open_quantity = s.open_quantity - t.quantity
     from (select shortfall_id, sum(quantity) as quantity from line group by shortfall_id) t
     where s.id = t.shortfall_id
   )
   update stock.balances b set short_quantity = b.short_quantity - t.quantity
   from (select s.item_id, s.site_id, sum(line.quantity) as quantity
         from line join stock.shortfalls s on s.id = line.shortfall_id
         group by s.item_id, s.site_id) t
   where b.item_id = t.item_id and b.site_id = t.site_id`,
);

export async function recordSettlements(tx: Tx, lines: readonly Settlement[]): Promise<void> {
  await tx.run(settle, [
    lines.map((line) => line.movementId),
    lines.map((line) => line.shortfallId),
    lines.map((line) => line.quantity),
  ]);
}

export interface SettlementOfLayers extends Settlement {
  readonly itemId: string;
  readonly siteId: string;
  readonly sourceId: string;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
}

const ofLayers = statement(
  "stock_settlements_of_layers",
  `select s.movement_id as "movementId", s.shortfall_id as "shortfallId", s.quantity,
     m.item_id as "itemId", m.site_id as "siteId", m.source_id as "sourceId",
     m.effective_at as "effectiveAt", m.effective_on as "effectiveOn"
   from stock.settlements s join stock.movements m on m.id = s.movement_id
   where m.type = 'settlement'
     and m.id in (select movement_id from stock.allocations where layer_id = any($1::uuid[]))
     and not exists (select from stock.movements r where r.reverses = m.id)
   order by m.seq`,
);

/** The settlements in force that took from these layers. */
export function listSettlementsOfLayers(tx: Tx, layerIds: readonly string[]) {
  return tx.run<SettlementOfLayers>(ofLayers, [layerIds]);
}

const cancel = statement(
  "stock_cancel_shortfalls",
  `with open as materialized (
     select id, item_id, site_id, open_quantity from stock.shortfalls
     where source_id = $1 and open_quantity > 0
   ), noted as (
     insert into stock.shortfall_cancellations (shortfall_id, source_id, quantity, effective_at)
     select id, $1, open_quantity, $2 from open
   ), closed as (
     update stock.shortfalls s
     set open_quantity = 0, cancelled_quantity = s.cancelled_quantity + open.open_quantity
     from open where s.id = open.id
   )
   update stock.balances b set short_quantity = b.short_quantity - t.quantity
   from (select item_id, site_id, sum(open_quantity) as quantity from open group by 1, 2) t
   where b.item_id = t.item_id and b.site_id = t.site_id`,
);

/** Closes what is still open of a sale's shortfalls without a movement. */
export async function cancelShortfalls(
  tx: Tx,
  sourceId: string,
  effectiveAt: string,
): Promise<void> {
  await tx.run(cancel, [sourceId, effectiveAt]);
}
