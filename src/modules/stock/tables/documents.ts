import {
  bigint,
  boolean,
  date,
  index,
  integer,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { items, suppliers } from "#modules/catalog/tables.ts";
import { sites } from "#modules/sites/tables.ts";
import { amount, instant, quantity } from "#platform/db-columns.ts";
import { recordedAt, requiredId, stockSchema } from "./schema.ts";

export const documentColumns = () => ({
  id: uuid().primaryKey(),
  siteId: requiredId("site_id").references(() => sites.id),
  effectiveAt: instant("effective_at").notNull(),
  recordedAt: recordedAt(),
  actor: text().notNull(),
});

/** The line as it was entered, with the exact factor to the item's stock unit. */
export const lineColumns = () => ({
  id: uuid().primaryKey(),
  position: integer().notNull(),
  itemId: requiredId("item_id").references(() => items.id),
  quantityEntered: quantity("quantity_entered").notNull(),
  unit: text().notNull(),
  factorNumerator: bigint("factor_numerator", { mode: "bigint" }).notNull(),
  factorDenominator: bigint("factor_denominator", { mode: "bigint" }).notNull(),
  quantity: quantity().notNull(),
});

/** A delivery. Insert-only, like all documents and their lines. */
export const receipts = stockSchema.table(
  "receipts",
  {
    ...documentColumns(),
    supplierId: uuid("supplier_id").references(() => suppliers.id),
    reference: text(),
  },
  (table) => [index("receipts_site").on(table.siteId, table.id)],
);

export const receiptLines = stockSchema.table(
  "receipt_lines",
  {
    ...lineColumns(),
    receiptId: requiredId("receipt_id").references(() => receipts.id),
    totalCost: amount("total_cost").notNull(),
    supplierLot: text("supplier_lot"),
    expiresOn: date("expires_on", { mode: "string" }),
    lotId: uuid("lot_id").notNull(),
    layerId: uuid("layer_id").notNull(),
  },
  (table) => [uniqueIndex("receipt_lines_position").on(table.receiptId, table.position)],
);

export const wastes = stockSchema.table(
  "wastes",
  { ...documentColumns(), reason: text().notNull() },
  (table) => [index("wastes_site").on(table.siteId, table.id)],
);

export const wasteLines = stockSchema.table(
  "waste_lines",
  {
    ...lineColumns(),
    wasteId: requiredId("waste_id").references(() => wastes.id),
    lotId: uuid("lot_id"),
  },
  (table) => [uniqueIndex("waste_lines_position").on(table.wasteId, table.position)],
);

export const counts = stockSchema.table("counts", documentColumns(), (table) => [
  index("counts_site").on(table.siteId, table.id),
]);

/** `quantity` is what was counted, `difference` what was posted before settling shortfalls. */
export const countLines = stockSchema.table(
  "count_lines",
  {
    ...lineColumns(),
    countId: requiredId("count_id").references(() => counts.id),
    lotId: uuid("lot_id"),
    difference: quantity().notNull(),
    isCostUnknown: boolean("is_cost_unknown").notNull(),
  },
  (table) => [uniqueIndex("count_lines_position").on(table.countId, table.position)],
);
