import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageById, type SiteScope } from "#platform/page.ts";
import type { Transfer, TransferPage } from "../model/transfer.ts";
import * as documents from "./documents.ts";

export interface TransferRow {
  readonly id: string;
  readonly fromSiteId: string;
  readonly toSiteId: string;
  readonly effectiveAt: string;
  readonly actor: string;
  readonly note: string | null;
}

export interface TransferLineRow extends documents.DocumentLine {
  readonly lotId: string | null;
}

const insert = statement(
  "stock_insert_transfer",
  `with document as (
     insert into stock.transfers (id, from_site_id, to_site_id, effective_at, actor, note)
     values ($9, $10, $11, $12, $13, $14) returning id
   ), line as (
     insert into stock.transfer_lines (transfer_id, position, ${documents.lineColumns}, lot_id)
     select $9, n, ${documents.lineColumns}, lot_id
     from unnest(${documents.lineTypes}, $8::uuid[]) with ordinality
       as u (${documents.lineColumns}, lot_id, n)
   )
   select id from document`,
);

export async function insertTransfer(
  tx: Tx,
  transfer: TransferRow,
  lines: readonly TransferLineRow[],
): Promise<void> {
  await tx.run(insert, [
    ...documents.lineArrays(lines),
    lines.map((line) => line.lotId),
    transfer.id,
    transfer.fromSiteId,
    transfer.toSiteId,
    transfer.effectiveAt,
    transfer.actor,
    transfer.note,
  ]);
}

export interface SentPart {
  readonly movementId: string;
  readonly layerId: string;
}

// Oldest first, so that parts of the same age keep their order where they arrive.
const sent = statement(
  "stock_sent_parts",
  `select a.movement_id as "movementId", a.layer_id as "layerId"
   from stock.allocations a join stock.layers l on l.id = a.layer_id
   where a.movement_id = any($1::uuid[])
   order by l.effective_at, l.seq, l.id, a.movement_id`,
);

/** What the movements of a transfer took, a part a layer. */
export function listSentParts(tx: Tx, movementIds: readonly string[]): Promise<SentPart[]> {
  return tx.run<SentPart>(sent, [movementIds]);
}

export interface ArrivingPart extends SentPart {
  readonly newLayerId: string;
  readonly newMovementId: string;
}

export interface Arrival {
  readonly siteId: string;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
  readonly actor: string;
  readonly parts: readonly ArrivingPart[];
}

// Each part becomes one layer with the lot, the expiry and the age of the one it came out of. What
// is held is never sent, so nothing arrives held. Needs the balances of both sites locked before.
const arrive = statement(
  "stock_arrive",
  `with part as materialized (
     select u.*, nextval('stock.recording_order') as seq
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
       as u (sent_id, from_layer_id, movement_id, layer_id)
   ), line as materialized (
     select p.*, -a.quantity as quantity, -a.value as value, m.item_id, m.source_id,
       m.source_line_id, l.lot_id, l.effective_at, l.expires_on
     from part p
     join stock.movements m on m.id = p.sent_id
     join stock.allocations a on a.movement_id = p.sent_id and a.layer_id = p.from_layer_id
     join stock.layers l on l.id = p.from_layer_id
   ), layer as (
     insert into stock.layers (id, lot_id, item_id, site_id, quantity_in, value_in, quantity, value,
       effective_at, arrived_at, seq, expires_on)
     select layer_id, lot_id, item_id, $5, quantity, value, quantity, value, effective_at, $6, seq,
       expires_on
     from line
   ), moved as (
     insert into stock.movements (id, seq, type, item_id, site_id, quantity, value, effective_at,
       effective_on, actor, source_id, source_line_id)
     select movement_id, seq, 'transfer_in', item_id, $5, quantity, value, $6, $7, $8, source_id,
       source_line_id
     from line
   ), allocated as (
     insert into stock.allocations (movement_id, layer_id, quantity, value)
     select movement_id, layer_id, quantity, value from line
   ), linked as (
     insert into stock.genealogy (movement_id, consumed_layer_id, produced_layer_id, quantity,
       value)
     select sent_id, from_layer_id, layer_id, quantity, value from line
   )
   update stock.balances b set quantity = b.quantity + t.quantity, value = b.value + t.value
   from (select item_id, sum(quantity) as quantity, sum(value) as value
         from line group by item_id) t
   where b.item_id = t.item_id and b.site_id = $5`,
);

/** Puts what was sent on the books of the other site. */
export async function insertArrival(tx: Tx, arrival: Arrival): Promise<void> {
  const { parts, siteId, effectiveAt, effectiveOn, actor } = arrival;
  await tx.run(arrive, [
    parts.map((part) => part.movementId),
    parts.map((part) => part.layerId),
    parts.map((part) => part.newMovementId),
    parts.map((part) => part.newLayerId),
    siteId,
    effectiveAt,
    effectiveOn,
    actor,
  ]);
}

export interface TransferFilter extends PageQuery, SiteScope {
  readonly id?: string | undefined;
  readonly fromSiteId?: string | undefined;
  readonly toSiteId?: string | undefined;
}

const linesOf = `(select json_agg(line) from (
  select ${documents.lineAnswerColumns}, l.lot_id as "lotId",
    trim_scale((select -m.value from stock.movements m
      where m.source_id = d.id and m.source_line_id = l.id and m.type = 'transfer_out'))::text
      as value,
    (select json_agg(json_build_object('lotId', y.lot_id, 'fromLayerId', g.consumed_layer_id,
        'toLayerId', y.id, 'quantity', trim_scale(g.quantity)::text,
        'value', trim_scale(g.value)::text) order by y.seq)
      from stock.movements m join stock.genealogy g on g.movement_id = m.id
      join stock.layers y on y.id = g.produced_layer_id
      where m.source_id = d.id and m.source_line_id = l.id and m.type = 'transfer_out') as moved
  from stock.transfer_lines l where l.transfer_id = d.id order by l.position) line) as lines`;

/** Newest first. */
export async function listTransfers(db: Db, query: TransferFilter): Promise<TransferPage> {
  const where = new Where()
    .add("d.id = ?", query.id)
    .add("d.from_site_id = ?", query.fromSiteId)
    .add("d.to_site_id = ?", query.toSiteId)
    .add("(d.from_site_id = ? or d.to_site_id = ?)", query.siteId, query.siteId)
    .add("(d.from_site_id = any(?) or d.to_site_id = any(?))", query.siteIds, query.siteIds)
    .add("d.id < ?", cursorKeys(query, idKey)?.[0]);
  const text = `select d.id, d.from_site_id as "fromSiteId", d.to_site_id as "toSiteId",
      d.effective_at as "effectiveAt", d.recorded_at as "recordedAt", d.note, ${linesOf}
    from stock.transfers d ${where.text}
    order by d.id desc limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList<Transfer>(db, "stock_transfers", text, where), query);
}
