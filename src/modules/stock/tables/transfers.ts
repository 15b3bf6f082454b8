import { sql } from "drizzle-orm";
import { check, index, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { sites } from "#modules/sites/tables.ts";
import { instant } from "#platform/db-columns.ts";
import { lineColumns } from "./documents.ts";
import { recordedAt, requiredId, stockSchema } from "./schema.ts";

/** What was carried from one site to another. Insert-only. */
export const transfers = stockSchema.table(
  "transfers",
  {
    id: uuid().primaryKey(),
    fromSiteId: requiredId("from_site_id").references(() => sites.id),
    toSiteId: requiredId("to_site_id").references(() => sites.id),
    effectiveAt: instant("effective_at").notNull(),
    recordedAt: recordedAt(),
    actor: text().notNull(),
    note: text(),
  },
  (table) => [
    check("transfers_sites", sql`${table.fromSiteId} <> ${table.toSiteId}`),
    index("transfers_from").on(table.fromSiteId, table.id),
    index("transfers_to").on(table.toSiteId, table.id),
  ],
);

export const transferLines = stockSchema.table(
  "transfer_lines",
  {
    ...lineColumns(),
    transferId: requiredId("transfer_id").references(() => transfers.id),
    lotId: uuid("lot_id"),
  },
  (table) => [uniqueIndex("transfer_lines_position").on(table.transferId, table.position)],
);
