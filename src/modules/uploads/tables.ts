import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgSchema,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { items } from "#modules/catalog/tables.ts";
import { sites } from "#modules/sites/tables.ts";
import { receipts } from "#modules/stock/tables.ts";
import { instant } from "#platform/db-columns.ts";

export const uploadsSchema = pgSchema("uploads");

/** A file that somebody announced: what was said of it, what it is, and what became of it. */
export const uploads = uploadsSchema.table(
  "uploads",
  {
    id: uuid().primaryKey(),
    purpose: text().notNull(),
    state: text().notNull().default("waiting"),
    /** What its sender calls it: shown, never a path. */
    fileName: text("file_name").notNull(),
    saidType: text("said_type").notNull(),
    saidBytes: bigint("said_bytes", { mode: "number" }).notNull(),
    itemId: uuid("item_id").references(() => items.id),
    receiptId: uuid("receipt_id").references(() => receipts.id),
    /** Null for what all sites share. */
    siteId: uuid("site_id").references(() => sites.id),
    /** How to bring it in, of purpose import. */
    importOptions: jsonb("import_options"),
    importId: uuid("import_id"),
    importState: text("import_state"),
    importProblem: text("import_problem"),
    /** The same in words, for whoever sent it. */
    importMessage: text("import_message"),
    objectName: text("object_name").notNull().unique(),
    thumbnailName: text("thumbnail_name"),
    /** What it is by its content; of what was refused too, where that is known. */
    foundType: text("found_type"),
    bytes: bigint({ mode: "number" }),
    sha256: text(),
    width: integer(),
    height: integer(),
    /** The first that had the same content. */
    duplicateOf: uuid("duplicate_of").references((): AnyPgColumn => uploads.id),
    refusal: text(),
    /** Inspections that failed for no fault of the file's that we know. */
    failures: integer().notNull().default(0),
    createdBy: text("created_by").notNull(),
    creatorKind: text("creator_kind").notNull(),
    createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
    receivedAt: instant("received_at"),
    decidedAt: instant("decided_at"),
    deletedAt: instant("deleted_at"),
  },
  (table) => [
    index("uploads_item").on(table.itemId, table.id),
    index("uploads_receipt").on(table.receiptId, table.id),
    index("uploads_site").on(table.siteId, table.id),
    index("uploads_content").on(table.sha256),
    index("uploads_unfinished").on(table.createdBy).where(sql`state in ('waiting', 'received')`),
    index("uploads_importing").on(table.id).where(sql`import_state in ('waiting', 'running')`),
    check(
      "uploads_purpose",
      sql`case ${table.purpose}
        when 'product_picture' then ${table.itemId} is not null and ${table.siteId} is null
        when 'supplier_invoice' then ${table.receiptId} is not null and ${table.siteId} is not null
        when 'import' then ${table.importOptions} is not null and ${table.siteId} is not null
        else false end`,
    ),
    check(
      "uploads_state",
      sql`${table.state} in ('waiting', 'received', 'accepted', 'refused', 'deleted')`,
    ),
    check("uploads_refusal", sql`${table.state} <> 'refused' or ${table.refusal} is not null`),
    check("uploads_accepted", sql`${table.state} <> 'accepted' or ${table.sha256} is not null`),
    check(
      "uploads_import_state",
      sql`${table.importState} in ('waiting', 'running', 'done', 'failed')`,
    ),
    check("uploads_said_bytes", sql`${table.saidBytes} > 0`),
    check("uploads_file_name", sql`length(${table.fileName}) between 1 and 200`),
  ],
);
