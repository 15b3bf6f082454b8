import { sql } from "drizzle-orm";
import { check, index, integer, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { amount, instant, ledgerValue, quantity } from "#platform/db-columns.ts";
import { documentColumns, receiptLines, receipts } from "./documents.ts";
import { recordedAt, requiredId, seq, stockSchema } from "./schema.ts";

/** A price that came late, and where its difference went. Insert-only, like all here. */
export const priceCorrections = stockSchema.table(
  "price_corrections",
  {
    ...documentColumns(),
    receiptId: requiredId("receipt_id").references(() => receipts.id),
    reason: text(),
    /** What stayed with what is on hand; the others are sums of the cost adjustments. */
    stockValue: ledgerValue("stock_value").notNull(),
    saleValue: ledgerValue("sale_value").notNull(),
    wasteValue: ledgerValue("waste_value").notNull(),
    countValue: ledgerValue("count_value").notNull(),
    returnValue: ledgerValue("return_value").notNull(),
    lossValue: ledgerValue("loss_value").notNull(),
  },
  (table) => [
    index("price_corrections_site").on(table.siteId, table.id),
    index("price_corrections_receipt").on(table.receiptId, table.id),
  ],
);

export const priceCorrectionLines = stockSchema.table(
  "price_correction_lines",
  {
    id: uuid().primaryKey(),
    correctionId: requiredId("correction_id").references(() => priceCorrections.id),
    position: integer().notNull(),
    receiptLineId: requiredId("receipt_line_id").references(() => receiptLines.id),
    previousCost: amount("previous_cost").notNull(),
    totalCost: amount("total_cost").notNull(),
  },
  (table) => [
    uniqueIndex("price_correction_lines_position").on(table.correctionId, table.position),
    index("price_correction_lines_line").on(table.receiptLineId),
    check(
      "price_correction_lines_cost",
      sql`${table.previousCost} >= 0 and ${table.totalCost} >= 0
        and ${table.previousCost} <> ${table.totalCost}`,
    ),
  ],
);

/** What a late price added to the cost of what had left its layer already (domain rules 4). */
export const costAdjustments = stockSchema.table(
  "cost_adjustments",
  {
    id: uuid().primaryKey(),
    seq: seq(),
    /** Null where a void or a reopened settlement takes back what a correction had added. */
    correctionId: uuid("correction_id"),
    kind: text().notNull(),
    itemId: requiredId("item_id"),
    siteId: requiredId("site_id"),
    /** The layer it had been taken from; of a loss the run's output, null if nothing came out. */
    layerId: uuid("layer_id"),
    /** What took it: the first movement of a sale's line, the one of a waste; null for a loss. */
    movementId: uuid("movement_id"),
    /** The sale, waste, count, receipt reversal or run; the refund for what it wrote off. */
    sourceId: requiredId("source_id"),
    sourceLineId: uuid("source_line_id"),
    quantity: quantity().notNull(),
    value: ledgerValue().notNull(),
    effectiveAt: instant("effective_at").notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    check(
      "cost_adjustments_kind",
      sql`${table.kind} in ('sale', 'void', 'waste', 'count', 'return', 'loss')`,
    ),
    check("cost_adjustments_value", sql`${table.value} <> 0`),
    index("cost_adjustments_correction").on(table.correctionId, table.id),
    index("cost_adjustments_source").on(table.sourceId),
    index("cost_adjustments_layer").on(table.layerId),
  ],
);

/** How the cost of what a run consumed was shared: by what came out good and what was lost. */
export const costShares = stockSchema.table(
  "cost_shares",
  {
    sourceId: uuid("source_id").primaryKey(),
    itemId: requiredId("item_id"),
    siteId: requiredId("site_id"),
    /** The layer of the good output; null if nothing good came out. */
    layerId: uuid("layer_id"),
    good: quantity().notNull(),
    lost: quantity().notNull(),
  },
  (table) => [
    check(
      "cost_shares_weights",
      sql`${table.good} >= 0 and ${table.lost} >= 0 and ${table.good} + ${table.lost} > 0
        and (${table.good} > 0) = (${table.layerId} is not null)`,
    ),
  ],
);
