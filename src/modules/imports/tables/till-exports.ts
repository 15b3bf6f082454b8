import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  numeric,
  primaryKey,
  smallint,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { sites } from "#modules/sites/tables.ts";
import { instant } from "#platform/db-columns.ts";
import { importsSchema } from "./files.ts";

const count = (name: string) => integer(name).notNull().default(0);

/** A till's export on its way into the books: how far it is, so that it can go on after a kill. */
export const tillExports = importsSchema.table(
  "till_exports",
  {
    id: uuid().primaryKey(),
    siteId: uuid("site_id")
      .notNull()
      .references(() => sites.id),
    fileName: text("file_name"),
    isDryRun: boolean("is_dry_run").notNull(),
    mapping: jsonb(),
    state: text().notNull(),
    /** Who reads the file now: a later attempt takes it from an earlier one. */
    attempt: count("attempt"),
    rowsRead: count("rows_read"),
    bytesRead: bigint("bytes_read", { mode: "number" }).notNull().default(0),
    bytesTotal: bigint("bytes_total", { mode: "number" }),
    /** SHA-256 over the rows read so far: going on needs the same ones. */
    rowsHash: text("rows_hash"),
    contentHash: text("content_hash"),
    problemCount: count("problem_count"),
    noticeCount: count("notice_count"),
    linesTaken: count("lines_taken"),
    linesRecorded: count("lines_recorded"),
    ticketsCreated: count("tickets_created"),
    ticketsUnchanged: count("tickets_unchanged"),
    ticketsChanged: count("tickets_changed"),
    returnsCreated: count("returns_created"),
    returnsUnchanged: count("returns_unchanged"),
    returnsMatched: count("returns_matched"),
    failure: jsonb(),
    actor: text().notNull(),
    startedAt: instant("started_at").notNull().default(sql`clock_timestamp()`),
    updatedAt: instant("updated_at").notNull().default(sql`clock_timestamp()`),
    finishedAt: instant("finished_at"),
  },
  (table) => [
    check(
      "till_exports_state",
      sql`${table.state} in ('waiting', 'reading', 'recording', 'done', 'interrupted', 'failed')`,
    ),
    index("till_exports_site").on(table.siteId, table.id),
  ],
);

/** Lines that were read and are not in the books yet, until all of the file is read. */
export const tillLines = importsSchema.table(
  "till_lines",
  {
    importId: uuid("import_id").notNull(),
    /** 0: sold, by ticket; 1: returned, by time. */
    part: smallint().notNull(),
    sortKey: text("sort_key").notNull(),
    rowNumber: integer("row_number").notNull(),
    businessDate: date("business_date", { mode: "string" }).notNull(),
    soldAt: instant("sold_at").notNull(),
    /** Neighbours of one ticket together: row, column, article, quantity, price, total of each. */
    lines: text().notNull(),
  },
  (table) => [
    primaryKey({
      name: "till_lines_pkey",
      columns: [table.importId, table.part, table.sortKey, table.rowNumber],
    }),
  ],
);

/** Every line that was left out or should be known. Insert-only. */
export const tillFlags = importsSchema.table(
  "till_flags",
  {
    importId: uuid("import_id").notNull(),
    /** 0: the file itself. */
    rowNumber: integer("row_number").notNull(),
    code: text().notNull(),
    columnName: text("column_name").notNull(),
  },
  (table) => [
    primaryKey({
      name: "till_flags_pkey",
      columns: [table.importId, table.rowNumber, table.code, table.columnName],
    }),
  ],
);

/** What the file says of each business date, as far as it is in the books. */
export const tillDays = importsSchema.table(
  "till_days",
  {
    importId: uuid("import_id").notNull(),
    businessDate: date("business_date", { mode: "string" }).notNull(),
    tickets: count("tickets"),
    lines: count("lines"),
    quantity: numeric({ precision: 24, scale: 6 }).notNull(),
    total: numeric({ precision: 24, scale: 4 }).notNull(),
    returnLines: count("return_lines"),
    returnedQuantity: numeric("returned_quantity", { precision: 24, scale: 6 }).notNull(),
    returnedTotal: numeric("returned_total", { precision: 24, scale: 4 }).notNull(),
  },
  (table) => [
    primaryKey({ name: "till_days_pkey", columns: [table.importId, table.businessDate] }),
  ],
);

/** Each spelling of an article in the file, and the item it was taken for. Insert-only. */
export const tillArticles = importsSchema.table(
  "till_articles",
  {
    importId: uuid("import_id").notNull(),
    /** 0, 1, 2 … in the order of the file. */
    position: integer().notNull(),
    spelling: text().notNull(),
    nameKey: text("name_key").notNull(),
    /** Null in a dry run if the item does not exist yet. */
    itemId: uuid("item_id"),
    outcome: text().notNull(),
    lines: integer().notNull(),
    /** What names that differ only in accents, punctuation or the order of words share. */
    looseKey: text("loose_key").notNull(),
  },
  (table) => [
    primaryKey({ name: "till_articles_pkey", columns: [table.importId, table.position] }),
    check("till_articles_outcome", sql`${table.outcome} in ('created', 'matched', 'alias')`),
  ],
);
