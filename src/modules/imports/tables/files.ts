import { sql } from "drizzle-orm";
import { check, index, jsonb, pgSchema, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { sites } from "#modules/sites/tables.ts";
import { instant } from "#platform/db-columns.ts";

export const importsSchema = pgSchema("imports");

/** What was brought in, and the report of it. Insert-only. */
export const imports = importsSchema.table(
  "imports",
  {
    id: uuid().primaryKey(),
    siteId: uuid("site_id")
      .notNull()
      .references(() => sites.id),
    format: text().notNull(),
    /** SHA-256 of the content, in hex. */
    contentHash: text("content_hash").notNull(),
    actor: text().notNull(),
    recordedAt: instant("recorded_at").notNull().default(sql`clock_timestamp()`),
    report: jsonb().notNull(),
  },
  (table) => [
    check("imports_format", sql`${table.format} in ('bakery-data')`),
    check("imports_content_hash", sql`${table.contentHash} ~ '^[0-9a-f]{64}$'`),
    index("imports_site").on(table.siteId, table.id),
  ],
);

/**
 * Which record of ours a record of a foreign file became: what makes importing twice change
 * nothing. Insert-only.
 */
export const records = importsSchema.table(
  "records",
  {
    siteId: uuid("site_id")
      .notNull()
      .references(() => sites.id),
    kind: text().notNull(),
    /** What the file knows it by. */
    key: text().notNull(),
    recordId: uuid("record_id").notNull(),
    /** What it said, so that a later file that says something else is noticed. */
    said: text().notNull(),
    importId: uuid("import_id")
      .notNull()
      .references(() => imports.id),
  },
  (table) => [
    primaryKey({ name: "records_pkey", columns: [table.siteId, table.kind, table.key] }),
    check("records_kind", sql`${table.kind} in ('item', 'lot', 'recipe')`),
    index("records_import").on(table.importId),
  ],
);
