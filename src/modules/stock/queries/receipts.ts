import { type Db, statement, type Tx } from "#platform/db.ts";
import type { Page } from "#platform/page.ts";
import type { Whole } from "#platform/schema.ts";
import type { Receipt } from "../model/receipt.ts";
import * as documents from "./documents.ts";
import { correctedCost } from "./price-corrections.ts";

export interface ReceiptRow extends documents.DocumentRow {
  readonly supplierId: string | null;
  readonly reference: string | null;
}

export interface ReceiptLineRow extends documents.DocumentLine {
  readonly totalCost: string;
  readonly supplierLot: string | null;
  readonly expiresOn: string | null;
  readonly lotId: string;
  readonly layerId: string;
}

const insert = statement(
  "stock_insert_receipt",
  `with document as (
     insert into stock.receipts (id, site_id, effective_at, actor, supplier_id, reference)
     values ($13, $14, $15, $16, $17, $18) returning recorded_at
   ), line as (
     insert into stock.receipt_lines (receipt_id, position, ${documents.lineColumns}, total_cost,
       supplier_lot, expires_on, lot_id, layer_id)
     select $13, n, ${documents.lineColumns}, total_cost, supplier_lot, expires_on, lot_id, layer_id
     from unnest(${documents.lineTypes}, $8::numeric[], $9::text[], $10::date[], $11::uuid[],
       $12::uuid[]) with ordinality
       as u (${documents.lineColumns}, total_cost, supplier_lot, expires_on, lot_id, layer_id, n)
   )
   select recorded_at as "recordedAt" from document`,
);

/** Answers when it was recorded. */
export async function insertReceipt(
  tx: Tx,
  receipt: ReceiptRow,
  lines: readonly ReceiptLineRow[],
): Promise<string> {
  const rows = await tx.run<{ recordedAt: string }>(insert, [
    ...documents.lineArrays(lines),
    lines.map((line) => line.totalCost),
    lines.map((line) => line.supplierLot),
    lines.map((line) => line.expiresOn),
    lines.map((line) => line.lotId),
    lines.map((line) => line.layerId),
    receipt.id,
    receipt.siteId,
    receipt.effectiveAt,
    receipt.actor,
    receipt.supplierId,
    receipt.reference,
  ]);
  return rows[0]?.recordedAt ?? receipt.effectiveAt;
}

const linesOf = `(select json_agg(line) from (
  select ${documents.lineAnswerColumns}, trim_scale(l.total_cost)::text as "totalCost",
    ${correctedCost} as "correctedCost",
    l.supplier_lot as "supplierLot", l.expires_on as "expiresOn", l.lot_id as "lotId",
    l.layer_id as "layerId",
    trim_scale(coalesce((select sum(r.quantity) from stock.receipt_reversal_lines r
      where r.receipt_line_id = l.id), 0))::text as "reversedQuantity"
  from stock.receipt_lines l where l.receipt_id = d.id order by l.position) line) as lines`;

const reversalsOf = `(select coalesce(json_agg(json_build_object('id', v.id, 'reason', v.reason,
    'reversedAt', to_char(v.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'lines', (select json_agg(json_build_object('lineId', r.receipt_line_id,
        'quantity', trim_scale(r.quantity)::text) order by l.position)
      from stock.receipt_reversal_lines r join stock.receipt_lines l on l.id = r.receipt_line_id
      where r.reversal_id = v.id and l.receipt_id = d.id)) order by v.id), '[]')
  from stock.document_reversals v where v.document_id = d.id) as reversals`;

/** Newest first. */
export function listReceipts(
  db: Db,
  query: documents.DocumentFilter,
): Promise<Page<Whole<Receipt>>> {
  return documents.listDocuments<Whole<Receipt>>(
    db,
    {
      table: "receipts",
      columns: `d.supplier_id as "supplierId", d.reference, ${linesOf}, ${reversalsOf}`,
    },
    query,
  );
}
