import { type Db, statement, type Tx } from "#platform/db.ts";

export type ReversedKind = "receipt" | "waste" | "count";

export interface ReversalRow {
  readonly id: string;
  readonly kind: ReversedKind;
  readonly documentId: string;
  readonly reason: string | null;
  readonly effectiveAt: string;
  readonly actor: string;
}

// Waste and counts go back once: who comes second waits here for the first, and gets no row.
const insert = statement(
  "stock_insert_reversal",
  `insert into stock.document_reversals (id, kind, document_id, reason, effective_at, actor)
   values ($1, $2, $3, $4, $5, $6)
   on conflict (document_id) where kind <> 'receipt' do nothing returning id`,
);

/** False if the document is reversed already; never for receipts. */
export async function insertReversal(tx: Tx, reversal: ReversalRow): Promise<boolean> {
  const { id, kind, documentId, reason, effectiveAt, actor } = reversal;
  const rows = await tx.run(insert, [id, kind, documentId, reason, effectiveAt, actor]);
  return rows.length > 0;
}

export interface DocumentHead {
  readonly siteId: string;
  readonly effectiveAt: string;
}

const headOf = (table: string) =>
  statement(
    `stock_head_of_${table}`,
    `select site_id as "siteId", effective_at as "effectiveAt" from stock.${table} where id = $1`,
  );

const heads: Record<ReversedKind, ReturnType<typeof headOf>> = {
  receipt: headOf("receipts"),
  waste: headOf("wastes"),
  count: headOf("counts"),
};

export async function findHead(
  db: Db,
  kind: ReversedKind,
  id: string,
): Promise<DocumentHead | undefined> {
  const [head] = await db.run<DocumentHead>(heads[kind], [id]);
  return head;
}

export interface ReceiptLineLeft {
  readonly lineId: string;
  readonly itemId: string;
  readonly layerId: string;
  readonly left: string;
}

const receiptLines = statement(
  "stock_receipt_lines_left",
  `select l.id as "lineId", l.item_id as "itemId", l.layer_id as "layerId", y.quantity as left
   from stock.receipt_lines l join stock.layers y on y.id = l.layer_id
   where l.receipt_id = $1 order by l.position`,
);

/** What remains of each line; sure only if the balances were locked by the statement before. */
export function listReceiptLinesLeft(tx: Tx, receiptId: string): Promise<ReceiptLineLeft[]> {
  return tx.run<ReceiptLineLeft>(receiptLines, [receiptId]);
}

export interface ReturnedLine {
  readonly movementId: string;
  readonly lineId: string;
  readonly layerId: string;
  readonly quantity: string;
}

export interface ReturnPosting {
  readonly reversalId: string;
  readonly siteId: string;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
  readonly actor: string;
  readonly lines: readonly ReturnedLine[];
}

// The take rule of `stock_issue` on one known layer a line, held or expired too: of all of it that
// is all of its value. Needs the balances locked before.
const giveBack = statement(
  "stock_reverse_receipt",
  `with taken as materialized (
     select u.*, l.item_id, l.lot_id,
       div(2000000 * l.value * u.quantity + l.quantity, 2 * l.quantity) * 0.000001 as value
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::numeric[]) with ordinality
       as u (movement_id, line_id, layer_id, quantity, n)
     join stock.layers l on l.id = u.layer_id
   ), noted as (
     insert into stock.receipt_reversal_lines (reversal_id, receipt_line_id, quantity)
     select $5, line_id, quantity from taken
   ), moved as (
     insert into stock.movements (id, type, item_id, site_id, quantity, value, effective_at,
       effective_on, actor, source_id, source_line_id, lot_id)
     select movement_id, 'receipt_reversal', item_id, $6, -quantity, -value, $7, $8, $9, $5,
       line_id, lot_id
     from taken order by n
   ), allocated as (
     insert into stock.allocations (movement_id, layer_id, quantity, value)
     select movement_id, layer_id, -quantity, -value from taken
   ), reduced as (
     update stock.layers l set quantity = l.quantity - t.quantity, value = l.value - t.value
     from taken t where l.id = t.layer_id
   )
   update stock.balances b set quantity = b.quantity - t.quantity, value = b.value - t.value
   from (select item_id, sum(quantity) as quantity, sum(value) as value
         from taken group by item_id) t
   where b.item_id = t.item_id and b.site_id = $6`,
);

/** Takes stock out of the layers that receipt lines had become. */
export async function reverseReceiptLines(tx: Tx, posting: ReturnPosting): Promise<void> {
  const { lines } = posting;
  await tx.run(giveBack, [
    lines.map((line) => line.movementId),
    lines.map((line) => line.lineId),
    lines.map((line) => line.layerId),
    lines.map((line) => line.quantity),
    posting.reversalId,
    posting.siteId,
    posting.effectiveAt,
    posting.effectiveOn,
    posting.actor,
  ]);
}

/** What a record of waste or a count answers of its reversal; `v` is `reversalOf`. */
export const reversalColumns = `v.recorded_at as "reversedAt", v.reason as "reversalReason"`;
export const reversalOf = "left join stock.document_reversals v on v.document_id = d.id";
