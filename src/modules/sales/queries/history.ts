import { statement, type Tx } from "#platform/db.ts";

/** One imported line: a sale of its own, without till, receipt, payment or stock. */
export interface HistoryRow {
  readonly saleId: string;
  readonly lineId: string;
  readonly foreignNumber: string;
  readonly businessDate: string;
  readonly soldAt: string;
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
  `with given as (
     select * from unnest($6::uuid[], $7::uuid[], $8::text[], $9::date[], $10::timestamptz[],
       $11::uuid[], $12::text[], $13::text[], $14::numeric[], $15::numeric[], $16::numeric[])
       as u (id, line_id, foreign_number, business_date, sold_at, item_id, name, unit, quantity,
         unit_price, total)
   ), line as (
     insert into sales.sale_lines (sale_id, position, id, item_id, name, quantity, unit,
       stock_quantity, factor_numerator, factor_denominator, unit_price, gross, discount, tax_code,
       tax_rate, net, tax, total)
     select id, 1, line_id, item_id, name, quantity, unit, quantity, 1, 1, unit_price, total, 0,
       null,
       0, total, 0, total
     from given
   )
   insert into sales.sales (id, kind, site_id, till_id, foreign_number, business_date, sold_at,
     actor,
     currency, minor_digits, prices_include_tax, order_discount, net, tax, total, change, rounding)
   select id, 'history', $1, null, foreign_number, business_date, sold_at, $2, $3, $4, $5, 0,
     total, 0,
     total, 0, 0
   from given`,
);

const columns = [
  "saleId",
  "lineId",
  "foreignNumber",
  "businessDate",
  "soldAt",
  "itemId",
  "name",
  "unit",
  "quantity",
  "unitPrice",
  "total",
] as const satisfies readonly (keyof HistoryRow)[];

/** Writes imported sales and their lines, in one statement however many. */
export async function insertHistory(
  tx: Tx,
  terms: HistoryTerms,
  rows: readonly HistoryRow[],
): Promise<void> {
  const { siteId, actor, currency, minorDigits, pricesIncludeTax } = terms;
  await tx.run(insert, [
    siteId,
    actor,
    currency,
    minorDigits,
    pricesIncludeTax,
    ...columns.map((column) => rows.map((row) => row[column])),
  ]);
}
