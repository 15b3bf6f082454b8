import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  char,
  check,
  date,
  index,
  integer,
  numeric,
  pgSchema,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { amount, instant, quantity, unitPrice } from "#platform/db-columns.ts";

export const salesSchema = pgSchema("sales");

// Like the ledger, hot rows carry no foreign keys to sites, tills and items: each check would lock
// a row that all tills share. All tables here are insert-only.

export const sales = salesSchema.table(
  "sales",
  {
    id: uuid().primaryKey(),
    kind: text().notNull(),
    siteId: uuid("site_id").notNull(),
    tillId: uuid("till_id"),
    /** The number on an imported ticket. */
    foreignNumber: text("foreign_number"),
    receiptNumber: bigint("receipt_number", { mode: "number" }),
    receiptHash: text("receipt_hash"),
    businessDate: date("business_date", { mode: "string" }).notNull(),
    soldAt: instant("sold_at").notNull(),
    recordedAt: instant("recorded_at").notNull().default(sql`clock_timestamp()`),
    actor: text().notNull(),
    currency: char({ length: 3 }).notNull(),
    minorDigits: smallint("minor_digits").notNull(),
    pricesIncludeTax: boolean("prices_include_tax").notNull(),
    /** The discount on the whole order, already spread over the lines. */
    orderDiscount: amount("order_discount").notNull(),
    net: amount().notNull(),
    tax: amount().notNull(),
    total: amount().notNull(),
    change: amount().notNull(),
    rounding: amount().notNull(),
  },
  (table) => [
    check("sales_kind", sql`${table.kind} in ('sale', 'history')`),
    check(
      "sales_receipt",
      sql`(${table.tillId} is null) = (${table.receiptNumber} is null)
        and (${table.receiptNumber} is null) = (${table.receiptHash} is null)`,
    ),
    check("sales_history", sql`${table.kind} <> 'history' or ${table.tillId} is null`),
    uniqueIndex("sales_receipt_number")
      .on(table.tillId, table.receiptNumber)
      .where(sql`receipt_number is not null`),
    uniqueIndex("sales_foreign_number")
      .on(table.siteId, table.foreignNumber)
      .where(sql`foreign_number is not null`),
    index("sales_site").on(table.siteId, table.businessDate, table.id),
    index("sales_date").on(table.businessDate, table.id),
  ],
);

export const saleLines = salesSchema.table(
  "sale_lines",
  {
    id: uuid().primaryKey(),
    saleId: uuid("sale_id").notNull(),
    position: integer().notNull(),
    itemId: uuid("item_id").notNull(),
    /** As printed; the catalogue may change later, the line does not. */
    name: text().notNull(),
    quantity: quantity().notNull(),
    unit: text().notNull(),
    stockQuantity: quantity("stock_quantity").notNull(),
    factorNumerator: bigint("factor_numerator", { mode: "bigint" }).notNull(),
    factorDenominator: bigint("factor_denominator", { mode: "bigint" }).notNull(),
    unitPrice: unitPrice("unit_price").notNull(),
    gross: amount().notNull(),
    /** The line's own discount and its share of the order's. */
    discount: amount().notNull(),
    taxCode: text("tax_code"),
    taxRate: numeric("tax_rate", { precision: 9, scale: 6 }).notNull(),
    net: amount().notNull(),
    tax: amount().notNull(),
    total: amount().notNull(),
  },
  (table) => [
    check("sale_lines_quantity", sql`${table.quantity} > 0 and ${table.stockQuantity} > 0`),
    index("sale_lines_sale").on(table.saleId, table.position),
  ],
);

export const payments = salesSchema.table(
  "payments",
  {
    saleId: uuid("sale_id").notNull(),
    position: integer().notNull(),
    method: text().notNull(),
    amount: amount().notNull(),
  },
  (table) => [
    primaryKey({ name: "payments_pkey", columns: [table.saleId, table.position] }),
    check("payments_method", sql`${table.method} in ('cash', 'card', 'voucher')`),
  ],
);

/** A sale undone on its own business date; its number stays. */
export const voids = salesSchema.table("voids", {
  saleId: uuid("sale_id")
    .primaryKey()
    .references(() => sales.id),
  reason: text().notNull(),
  actor: text().notNull(),
  voidedAt: instant("voided_at").notNull(),
  recordedAt: instant("recorded_at").notNull().default(sql`clock_timestamp()`),
});
