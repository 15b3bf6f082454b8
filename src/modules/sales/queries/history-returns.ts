import { statement, type Tx } from "#platform/db.ts";
import type { HistoryTerms } from "./history.ts";

/** A return that another system wrote down: a refund of one line without stock or payments. */
export interface HistoryReturnRow {
  readonly refundId: string;
  readonly refundLineId: string;
  /** What the import knows it by; unique at its site. */
  readonly key: string;
  readonly foreignNumber: string;
  readonly itemId: string;
  readonly name: string;
  readonly unit: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly total: string;
  readonly soldAt: string;
  readonly businessDate: string;
  readonly saleId: string | null;
  readonly lineId: string | null;
}

const insert = statement(
  "refund_insert_history",
  `with given as materialized (
     select * from unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::uuid[], $10::text[],
         $11::text[], $12::numeric[], $13::numeric[], $14::numeric[], $15::timestamptz[],
         $16::date[], $17::uuid[], $18::uuid[])
       as u (id, refund_line_id, key, foreign_number, item_id, name, unit, quantity, unit_price,
         total, refunded_at, business_date, sale_id, line_id)
   ), refund as (
     insert into sales.refunds (id, kind, site_id, sale_id, foreign_number, foreign_key,
       business_date, refunded_at, actor, currency, minor_digits, net, tax, total, rounding)
     select id, 'history', $1, sale_id, foreign_number, key, business_date, refunded_at, $2, $3, $4,
       total, 0, total, 0
     from given
     on conflict (site_id, foreign_key) where foreign_key is not null do nothing
     returning id
   )
   insert into sales.refund_lines (refund_id, position, id, line_id, item_id, name, quantity, unit,
     unit_price, disposition, gross, discount, tax_code, tax_rate, net, tax, total)
   select g.id, 1, g.refund_line_id, g.line_id, g.item_id, g.name, g.quantity, g.unit, g.unit_price,
     'none', g.total, 0, null, 0, g.total, 0, g.total
   from refund join given g on g.id = refund.id
   returning id`,
);

const columns = [
  "refundId",
  "refundLineId",
  "key",
  "foreignNumber",
  "itemId",
  "name",
  "unit",
  "quantity",
  "unitPrice",
  "total",
  "soldAt",
  "businessDate",
  "saleId",
  "lineId",
] as const satisfies readonly (keyof HistoryReturnRow)[];

/** Writes those whose key is new; answers how many. */
export async function insertHistoryReturns(
  tx: Tx,
  { siteId, actor, currency, minorDigits }: HistoryTerms,
  rows: readonly HistoryReturnRow[],
): Promise<number> {
  const written = await tx.run<object>(insert, [
    siteId,
    actor,
    currency,
    minorDigits,
    ...columns.map((column) => rows.map((row) => row[column])),
  ]);
  return written.length;
}
