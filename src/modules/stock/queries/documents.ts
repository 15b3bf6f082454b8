import type { Db } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import {
  cursorKeys,
  idKey,
  type Page,
  type PageQuery,
  pageById,
  type SiteScope,
} from "#platform/page.ts";

/** A document's line as it was entered, and what it is in the stock unit. */
export interface DocumentLine {
  readonly id: string;
  readonly itemId: string;
  readonly quantityEntered: string;
  readonly unit: string;
  readonly numerator: string;
  readonly denominator: string;
  readonly quantity: string;
}

export interface DocumentRow {
  readonly id: string;
  readonly siteId: string;
  readonly effectiveAt: string;
  readonly actor: string;
}

export interface DocumentFilter extends PageQuery, SiteScope {
  readonly id?: string | undefined;
  /** Only of receipts. */
  readonly supplierId?: string | undefined;
  /** Only of price corrections. */
  readonly receiptId?: string | undefined;
}

/** The arrays of `lineSource`, in its order. */
export function lineArrays(lines: readonly DocumentLine[]): unknown[] {
  return [
    lines.map((line) => line.id),
    lines.map((line) => line.itemId),
    lines.map((line) => line.quantityEntered),
    lines.map((line) => line.unit),
    lines.map((line) => line.numerator),
    lines.map((line) => line.denominator),
    lines.map((line) => line.quantity),
  ];
}

/** Types and names of the seven arrays that `lineArrays` gives, as parameters $1 to $7. */
export const lineTypes =
  "$1::uuid[], $2::uuid[], $3::numeric[], $4::text[], $5::bigint[], $6::bigint[], $7::numeric[]";
export const lineColumns =
  "id, item_id, quantity_entered, unit, factor_numerator, factor_denominator, quantity";

/** The line's factor as it is answered; `l` is the line. */
export const factorColumn = `json_build_object('numerator', l.factor_numerator::text,
  'denominator', l.factor_denominator::text) as factor`;

/** What every document answers of its line; `l` is the line. */
export const lineAnswerColumns = `l.id, l.item_id as "itemId",
  trim_scale(l.quantity_entered)::text as quantity, l.unit,
  trim_scale(l.quantity)::text as "stockQuantity", ${factorColumn}`;

const answerColumns = `d.id, d.site_id as "siteId", d.effective_at as "effectiveAt",
  d.recorded_at as "recordedAt"`;

interface DocumentKind {
  readonly table: "counts" | "price_corrections" | "receipts" | "wastes";
  /** What this kind answers beside what every document does; `d` is the document. */
  readonly columns: string;
  readonly joins?: string;
}

/** Newest first. */
export async function listDocuments<T extends { readonly id: string }>(
  db: Db,
  { table, columns, joins = "" }: DocumentKind,
  query: DocumentFilter,
): Promise<Page<T>> {
  const where = new Where()
    .add("d.id = ?", query.id)
    .add("d.site_id = ?", query.siteId)
    .add("d.site_id = any(?)", query.siteIds)
    .add("d.supplier_id = ?", query.supplierId)
    .add("d.receipt_id = ?", query.receiptId)
    .add("d.id < ?", cursorKeys(query, idKey)?.[0]);
  const text = `select ${answerColumns}, ${columns} from stock.${table} d ${joins} ${where.text}
    order by d.id desc limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList<T>(db, `stock_${table}`, text, where), query);
}
