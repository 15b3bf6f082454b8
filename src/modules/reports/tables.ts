import { sql } from "drizzle-orm";
import {
  check,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgSchema,
  primaryKey,
  smallint,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "#platform/db-columns.ts";

export const reportsSchema = pgSchema("reports");

// All of it is computed from the books and can be thrown away: no foreign keys, no history. A day is
// written whole, never added to.

const siteId = () => uuid("site_id").notNull();
const businessDate = () => date("business_date", { mode: "string" }).notNull();
const itemId = () => uuid("item_id").notNull();
const count = (name: string) => integer(name).notNull();
const amount = (name: string) => numeric(name, { precision: 18, scale: 4 }).notNull();
const quantity = (name: string) => numeric(name, { precision: 20, scale: 6 }).notNull();
const value = (name: string) => numeric(name, { precision: 22, scale: 6 }).notNull();
const known = (name: string) => numeric(name, { precision: 22, scale: 6 });

/** What was taken: voided sales left out, refunds on the day they were given. */
const takings = () => ({
  gross: amount("gross"),
  discount: amount("discount"),
  net: amount("net"),
  tax: amount("tax"),
  total: amount("total"),
  refundNet: amount("refund_net"),
  refundTax: amount("refund_tax"),
  refundTotal: amount("refund_total"),
  voidTotal: amount("void_total"),
  /** Of sales on the sale's day, less what refunds gave back; null where none of it is known. */
  cost: known("cost"),
  /** Revenue, less refunds, of lines whose cost is known and settled, and that cost. */
  finalNet: known("final_net"),
  finalCost: known("final_cost"),
  /** Lines that are still short of stock: their cost is not final. */
  pendingLines: count("pending_lines"),
});

const tickets = () => ({ sales: count("sales"), refunds: count("refunds"), voids: count("voids") });

/** A computed day of a site, with its totals. */
export const days = reportsSchema.table(
  "days",
  {
    siteId: siteId(),
    businessDate: businessDate(),
    computedAt: instant("computed_at").notNull(),
    /** The newest event that asked for it; null if only a rebuild did. */
    eventId: uuid("event_id"),
    ...tickets(),
    ...takings(),
    /** Cash rounding of sales less that of refunds. */
    rounding: amount("rounding"),
    wasteValue: value("waste_value"),
    /** What the ledger's value changed by on that day: their sum is the valuation. */
    stockValue: value("stock_value"),
  },
  (table) => [
    primaryKey({ name: "days_pkey", columns: [table.siteId, table.businessDate] }),
    index("days_date").on(table.businessDate, table.siteId),
  ],
);

export const hours = reportsSchema.table(
  "hours",
  {
    siteId: siteId(),
    businessDate: businessDate(),
    hour: smallint().notNull(),
    ...tickets(),
    ...takings(),
  },
  (table) => [
    primaryKey({ name: "hours_pkey", columns: [table.siteId, table.businessDate, table.hour] }),
    index("hours_date").on(table.businessDate, table.siteId, table.hour),
  ],
);

/** Sales of an item in an hour of the site's clock. Quantities are in the stock unit. */
export const sales = reportsSchema.table(
  "sales",
  {
    siteId: siteId(),
    businessDate: businessDate(),
    itemId: itemId(),
    hour: smallint().notNull(),
    quantity: quantity("quantity"),
    refundQuantity: quantity("refund_quantity"),
    voidQuantity: quantity("void_quantity"),
    ...takings(),
  },
  (table) => [
    primaryKey({
      name: "sales_pkey",
      columns: [table.siteId, table.businessDate, table.itemId, table.hour],
    }),
    index("sales_date").on(table.businessDate, table.siteId, table.itemId),
  ],
);

/** What the ledger moved of an item, by cause: all on the day the ledger says. */
export const stock = reportsSchema.table(
  "stock",
  {
    siteId: siteId(),
    businessDate: businessDate(),
    itemId: itemId(),
    quantity: quantity("quantity"),
    value: value("value"),
    receivedQuantity: quantity("received_quantity"),
    receivedValue: value("received_value"),
    madeQuantity: quantity("made_quantity"),
    madeValue: value("made_value"),
    usedQuantity: quantity("used_quantity"),
    usedValue: value("used_value"),
    soldQuantity: quantity("sold_quantity"),
    soldValue: value("sold_value"),
    /** As ingredients of what was made to order. */
    orderedQuantity: quantity("ordered_quantity"),
    orderedValue: value("ordered_value"),
    wastedQuantity: quantity("wasted_quantity"),
    wastedValue: value("wasted_value"),
    countedQuantity: quantity("counted_quantity"),
    countedValue: value("counted_value"),
    transferredQuantity: quantity("transferred_quantity"),
    transferredValue: value("transferred_value"),
    correctedValue: value("corrected_value"),
  },
  (table) => [
    primaryKey({ name: "stock_pkey", columns: [table.siteId, table.businessDate, table.itemId] }),
    index("stock_date").on(table.businessDate, table.siteId, table.itemId),
  ],
);

/** Runs by what they made; reversed ones left out. */
export const production = reportsSchema.table(
  "production",
  {
    siteId: siteId(),
    businessDate: businessDate(),
    itemId: itemId(),
    runs: count("runs"),
    expected: quantity("expected"),
    made: quantity("made"),
    lost: quantity("lost"),
    cost: value("cost"),
    lostValue: value("lost_value"),
  },
  (table) => [
    primaryKey({
      name: "production_pkey",
      columns: [table.siteId, table.businessDate, table.itemId],
    }),
  ],
);

/** What came in by tender, change taken off the cash, and what refunds paid out. */
export const payments = reportsSchema.table(
  "payments",
  {
    siteId: siteId(),
    businessDate: businessDate(),
    method: text().notNull(),
    taken: amount("taken"),
    refunded: amount("refunded"),
  },
  (table) => [
    primaryKey({
      name: "payments_pkey",
      columns: [table.siteId, table.businessDate, table.method],
    }),
  ],
);

/** When a sale took the last of a product, and nothing came after it that day. */
export const sellOuts = reportsSchema.table(
  "sell_outs",
  {
    siteId: siteId(),
    businessDate: businessDate(),
    itemId: itemId(),
    soldOutAt: instant("sold_out_at").notNull(),
  },
  (table) => [
    primaryKey({
      name: "sell_outs_pkey",
      columns: [table.siteId, table.businessDate, table.itemId],
    }),
  ],
);

/** Days that have to be computed; a computation takes its marks away before it reads the books. */
export const markedDays = reportsSchema.table(
  "marked_days",
  {
    siteId: siteId(),
    businessDate: businessDate(),
    markedAt: instant("marked_at").notNull(),
    eventId: uuid("event_id"),
  },
  (table) => [
    primaryKey({ name: "marked_days_pkey", columns: [table.siteId, table.businessDate] }),
    index("marked_days_marked").on(table.markedAt),
  ],
);

/** Reports that somebody asked for as a file. `grants` is what the asker might see when they asked. */
export const exports = reportsSchema.table(
  "exports",
  {
    id: uuid().primaryKey(),
    report: text().notNull(),
    format: text().notNull(),
    filters: jsonb().notNull(),
    actorKind: text("actor_kind").notNull(),
    actorId: text("actor_id").notNull(),
    grants: jsonb().notNull(),
    status: text().notNull().default("waiting"),
    /** Each writes an object of its own: `exports/<id>/<attempt>`. */
    attempt: integer().notNull().default(0),
    rows: integer().notNull().default(0),
    errorCode: text("error_code"),
    fileName: text("file_name").notNull(),
    object: text(),
    bytes: integer(),
    sha256: text(),
    createdAt: instant("created_at").notNull().default(sql`now()`),
    finishedAt: instant("finished_at"),
    expiresAt: instant("expires_at").notNull().default(sql`now() + interval '7 days'`),
  },
  (table) => [
    index("exports_actor").on(table.actorId, table.id),
    index("exports_expiry").on(table.expiresAt).where(sql`status <> 'expired'`),
    check(
      "exports_status",
      sql`${table.status} in ('waiting', 'running', 'done', 'failed', 'expired')`,
    ),
    check("exports_done", sql`(${table.status} <> 'done') or ${table.object} is not null`),
  ],
);
