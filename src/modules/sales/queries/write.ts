import { statement, type Tx } from "#platform/db.ts";

export interface SaleRow {
  readonly id: string;
  readonly kind: "sale" | "history";
  readonly siteId: string;
  readonly tillId: string | null;
  readonly foreignNumber: string | null;
  readonly businessDate: string;
  readonly soldAt: string;
  readonly actor: string;
  readonly currency: string;
  readonly minorDigits: number;
  readonly pricesIncludeTax: boolean;
  readonly orderDiscount: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  readonly change: string;
  readonly rounding: string;
}

export interface SaleLineRow {
  readonly id: string;
  readonly itemId: string;
  readonly name: string;
  readonly quantity: string;
  readonly unit: string;
  readonly stockQuantity: string;
  readonly factorNumerator: string;
  readonly factorDenominator: string;
  readonly unitPrice: string;
  readonly gross: string;
  readonly discount: string;
  readonly taxCode: string | null;
  readonly taxRate: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
}

export interface PaymentRow {
  readonly method: "cash" | "card" | "voucher";
  readonly amount: string;
}

// The till's row already carries this sale's number and hash: it was updated before in this
// transaction, whose later statements see that.
const insert = statement(
  "sale_insert",
  `with line as (
     insert into sales.sale_lines (sale_id, position, id, item_id, name, quantity, unit,
       stock_quantity, factor_numerator, factor_denominator, unit_price, gross, discount, tax_code,
       tax_rate, net, tax, total)
     select $1, n, u.id, item_id, name, quantity, unit, stock_quantity, factor_numerator,
       factor_denominator, unit_price, gross, discount, tax_code, tax_rate, net, tax, total
     from unnest($18::uuid[], $19::uuid[], $20::text[], $21::numeric[], $22::text[], $23::numeric[],
       $24::bigint[], $25::bigint[], $26::numeric[], $27::numeric[], $28::numeric[], $29::text[],
       $30::numeric[], $31::numeric[], $32::numeric[], $33::numeric[]) with ordinality
       as u (id, item_id, name, quantity, unit, stock_quantity, factor_numerator,
         factor_denominator, unit_price, gross, discount, tax_code, tax_rate, net, tax, total, n)
   ), payment as (
     insert into sales.payments (sale_id, position, method, amount)
     select $1, n, method, amount
     from unnest($34::text[], $35::numeric[]) with ordinality as u (method, amount, n)
   )
   insert into sales.sales (id, kind, site_id, till_id, foreign_number, business_date, sold_at,
     actor,
     currency, minor_digits, prices_include_tax, order_discount, net, tax, total, change, rounding,
     receipt_number, receipt_hash)
   select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
     t.receipt_number, t.receipt_hash
   from (select) one left join sites.tills t on t.id = $4
   returning recorded_at as "recordedAt", receipt_number::integer as "receiptNumber",
     receipt_hash as "receiptHash"`,
);

export interface Recorded {
  readonly recordedAt: string;
  readonly receiptNumber: number | null;
  readonly receiptHash: string | null;
}

/** Writes a sale, its lines and its payments. */
export async function insertSale(
  tx: Tx,
  sale: SaleRow,
  lines: readonly SaleLineRow[],
  payments: readonly PaymentRow[],
): Promise<Recorded | undefined> {
  const rows = await tx.run<Recorded>(insert, [
    sale.id,
    sale.kind,
    sale.siteId,
    sale.tillId,
    sale.foreignNumber,
    sale.businessDate,
    sale.soldAt,
    sale.actor,
    sale.currency,
    sale.minorDigits,
    sale.pricesIncludeTax,
    sale.orderDiscount,
    sale.net,
    sale.tax,
    sale.total,
    sale.change,
    sale.rounding,
    ...lineColumns.map((column) => lines.map((line) => line[column])),
    payments.map((payment) => payment.method),
    payments.map((payment) => payment.amount),
  ]);
  return rows[0];
}

const lineColumns = [
  "id",
  "itemId",
  "name",
  "quantity",
  "unit",
  "stockQuantity",
  "factorNumerator",
  "factorDenominator",
  "unitPrice",
  "gross",
  "discount",
  "taxCode",
  "taxRate",
  "net",
  "tax",
  "total",
] as const satisfies readonly (keyof SaleLineRow)[];

const insertVoidRow = statement(
  "sale_void",
  "insert into sales.voids (sale_id, reason, actor, voided_at) values ($1, $2, $3, $4)",
);

/** Lock the sale before, and see that it is not voided. */
export async function insertVoid(
  tx: Tx,
  row: {
    readonly saleId: string;
    readonly reason: string;
    readonly actor: string;
    readonly effectiveAt: string;
  },
): Promise<void> {
  await tx.run(insertVoidRow, [row.saleId, row.reason, row.actor, row.effectiveAt]);
}
