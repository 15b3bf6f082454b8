import { statement, type Tx } from "#platform/db.ts";

/** One imported ticket, without till, receipt, payment or stock. */
export interface HistoryRow {
  readonly saleId: string;
  readonly foreignNumber: string;
  readonly businessDate: string;
  readonly soldAt: string;
  readonly total: string;
}

export interface HistoryLineRow {
  readonly saleId: string;
  readonly lineId: string;
  readonly position: number;
  readonly itemId: string;
  readonly name: string;
  readonly unit: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly total: string;
}

export interface HistoryTerms {
  readonly siteId: string;
  readonly actor: string;
  readonly currency: string;
  readonly minorDigits: number;
  readonly pricesIncludeTax: boolean;
}

// The tax of another system's ticket is unknown: none is shown, and the total is what was paid.
const insert = statement(
  "sale_insert_history",
  `with line as (
     insert into sales.sale_lines (sale_id, position, id, item_id, name, unit, quantity,
       stock_quantity, factor_numerator, factor_denominator, unit_price, gross, discount, tax_code,
       tax_rate, net, tax, total)
     select sale_id, position, id, item_id, name, unit, quantity, quantity, 1, 1, unit_price, total,
       0, null, 0, total, 0, total
     from unnest($11::uuid[], $12::uuid[], $13::integer[], $14::uuid[], $15::text[], $16::text[],
       $17::numeric[], $18::numeric[], $19::numeric[])
       as u (sale_id, id, position, item_id, name, unit, quantity, unit_price, total)
   )
   insert into sales.sales (id, kind, site_id, till_id, foreign_number, business_date, sold_at,
     actor, currency, minor_digits, prices_include_tax, order_discount, net, tax, total, change,
     rounding)
   select id, 'history', $1, null, foreign_number, business_date, sold_at, $2, $3, $4, $5, 0, total,
     0, total, 0, 0
   from unnest($6::uuid[], $7::text[], $8::date[], $9::timestamptz[], $10::numeric[])
     as u (id, foreign_number, business_date, sold_at, total)`,
);

const columns = [
  "saleId",
  "foreignNumber",
  "businessDate",
  "soldAt",
  "total",
] as const satisfies readonly (keyof HistoryRow)[];
const lineColumns = [
  "saleId",
  "lineId",
  "position",
  "itemId",
  "name",
  "unit",
  "quantity",
  "unitPrice",
  "total",
] as const satisfies readonly (keyof HistoryLineRow)[];

/** Writes imported tickets and their lines, in one statement however many. */
export async function insertHistory(
  tx: Tx,
  terms: HistoryTerms,
  rows: readonly HistoryRow[],
  lines: readonly HistoryLineRow[],
): Promise<void> {
  const { siteId, actor, currency, minorDigits, pricesIncludeTax } = terms;
  await tx.run(insert, [
    siteId,
    actor,
    currency,
    minorDigits,
    pricesIncludeTax,
    ...columns.map((column) => rows.map((row) => row[column])),
    ...lineColumns.map((column) => lines.map((line) => line[column])),
  ]);
}
