import { sql } from "drizzle-orm";
import {
  char,
  check,
  date,
  index,
  integer,
  numeric,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { amount, instant, quantity, unitPrice } from "#platform/db-columns.ts";
import { sales, salesSchema } from "./sales.ts";

/**
 * The lock of a sale that is voided or refunded: sales are insert-only, so they cannot be locked
 * themselves. Written by the first of these, never by the sale.
 */
export const saleStates = salesSchema.table("sale_states", {
  saleId: uuid("sale_id")
    .primaryKey()
    .references(() => sales.id),
});

/**
 * Money given back. Of kind `history` it was another system's: no stock, no payments, and perhaps
 * no sale that it matches. Insert-only, like its lines and payments.
 */
export const refunds = salesSchema.table(
  "refunds",
  {
    id: uuid().primaryKey(),
    kind: text().notNull(),
    siteId: uuid("site_id").notNull(),
    saleId: uuid("sale_id").references(() => sales.id),
    /** 1, 2, 3 … of its sale: the order in which the take rule was used. Null for history. */
    number: integer(),
    tillId: uuid("till_id"),
    /** The number on an imported ticket. */
    foreignNumber: text("foreign_number"),
    /** What an import knows an imported return by. */
    foreignKey: text("foreign_key"),
    reason: text(),
    businessDate: date("business_date", { mode: "string" }).notNull(),
    refundedAt: instant("refunded_at").notNull(),
    recordedAt: instant("recorded_at").notNull().default(sql`clock_timestamp()`),
    actor: text().notNull(),
    currency: char({ length: 3 }).notNull(),
    minorDigits: smallint("minor_digits").notNull(),
    net: amount().notNull(),
    tax: amount().notNull(),
    total: amount().notNull(),
    rounding: amount().notNull(),
  },
  (table) => [
    check("refunds_kind", sql`${table.kind} in ('refund', 'history')`),
    check(
      "refunds_sale",
      sql`${table.kind} = 'history' or (${table.saleId} is not null and ${table.reason} is not null)`,
    ),
    check(
      "refunds_history",
      sql`(${table.kind} = 'history') = (${table.foreignKey} is not null)
        and (${table.kind} = 'history') = (${table.number} is null)
        and (${table.kind} <> 'history' or ${table.tillId} is null)`,
    ),
    uniqueIndex("refunds_foreign_key")
      .on(table.siteId, table.foreignKey)
      .where(sql`foreign_key is not null`),
    uniqueIndex("refunds_sale").on(table.saleId, table.number).where(sql`sale_id is not null`),
    index("refunds_date").on(table.businessDate, table.id),
    index("refunds_site").on(table.siteId, table.businessDate, table.id),
  ],
);

export const refundLines = salesSchema.table(
  "refund_lines",
  {
    id: uuid().primaryKey(),
    refundId: uuid("refund_id")
      .notNull()
      .references(() => refunds.id),
    position: integer().notNull(),
    /** The line of the sale; null for a return that matches none. */
    lineId: uuid("line_id"),
    itemId: uuid("item_id").notNull(),
    name: text().notNull(),
    /** In the unit it was sold in. */
    quantity: quantity().notNull(),
    unit: text().notNull(),
    unitPrice: unitPrice("unit_price").notNull(),
    disposition: text().notNull(),
    gross: amount().notNull(),
    discount: amount().notNull(),
    taxCode: text("tax_code"),
    taxRate: numeric("tax_rate", { precision: 9, scale: 6 }).notNull(),
    net: amount().notNull(),
    tax: amount().notNull(),
    total: amount().notNull(),
  },
  (table) => [
    check("refund_lines_quantity", sql`${table.quantity} > 0`),
    check("refund_lines_disposition", sql`${table.disposition} in ('waste', 'restock', 'none')`),
    check(
      "refund_lines_amounts",
      sql`${table.gross} >= 0 and ${table.discount} >= 0 and ${table.net} >= 0 and ${table.tax} >= 0
        and ${table.net} + ${table.tax} = ${table.total}`,
    ),
    uniqueIndex("refund_lines_position").on(table.refundId, table.position),
  ],
);

export const refundPayments = salesSchema.table(
  "refund_payments",
  {
    refundId: uuid("refund_id")
      .notNull()
      .references(() => refunds.id),
    position: integer().notNull(),
    method: text().notNull(),
    amount: amount().notNull(),
  },
  (table) => [
    primaryKey({ name: "refund_payments_pkey", columns: [table.refundId, table.position] }),
    check("refund_payments_method", sql`${table.method} in ('cash', 'card', 'voucher')`),
  ],
);
