import { sql } from "drizzle-orm";
import { check, index, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant, quantity } from "#platform/db-columns.ts";
import { receiptLines } from "./documents.ts";
import { recordedAt, requiredId, stockSchema } from "./schema.ts";

/**
 * What was undone of a receipt, a record of waste or a count. A receipt may go back in parts, the
 * others once and as a whole. Insert-only.
 */
export const documentReversals = stockSchema.table(
  "document_reversals",
  {
    id: uuid().primaryKey(),
    kind: text().notNull(),
    documentId: requiredId("document_id"),
    reason: text(),
    effectiveAt: instant("effective_at").notNull(),
    recordedAt: recordedAt(),
    actor: text().notNull(),
  },
  (table) => [
    check("document_reversals_kind", sql`${table.kind} in ('receipt', 'waste', 'count')`),
    index("document_reversals_document").on(table.documentId, table.id),
    uniqueIndex("document_reversals_once").on(table.documentId).where(sql`kind <> 'receipt'`),
  ],
);

/** How much of a receipt's line went back, in the stock unit. */
export const receiptReversalLines = stockSchema.table(
  "receipt_reversal_lines",
  {
    reversalId: requiredId("reversal_id").references(() => documentReversals.id),
    receiptLineId: requiredId("receipt_line_id").references(() => receiptLines.id),
    quantity: quantity().notNull(),
  },
  (table) => [
    primaryKey({
      name: "receipt_reversal_lines_pkey",
      columns: [table.receiptLineId, table.reversalId],
    }),
    check("receipt_reversal_lines_quantity", sql`${table.quantity} > 0`),
  ],
);
