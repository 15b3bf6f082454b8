import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgSchema,
  text,
  time,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "#platform/db-columns.ts";

export const sitesSchema = pgSchema("sites");

export const sites = sitesSchema.table(
  "sites",
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    zone: text().notNull(),
    cutover: time({ precision: 0 }).notNull(),
    pricesIncludeTax: boolean("prices_include_tax").notNull(),
    version: integer().notNull().default(1),
    archivedAt: instant("archived_at"),
  },
  (table) => [
    uniqueIndex("sites_name_key").on(table.name).where(sql`${table.archivedAt} is null`),
    check("sites_name", sql`length(${table.name}) between 1 and 120`),
    // Raises on a zone that Postgres does not know, whatever the runtime's own list says.
    check(
      "sites_zone",
      sql`(timestamptz '2000-01-01 00:00:00+00' at time zone ${table.zone}) is not null`,
    ),
    check("sites_version", sql`${table.version} > 0`),
  ],
);

/** Each sale locks its till and takes the next number and the hash before it. */
export const tills = sitesSchema.table(
  "tills",
  {
    id: uuid().primaryKey(),
    siteId: uuid("site_id")
      .notNull()
      .references(() => sites.id),
    name: text().notNull(),
    version: integer().notNull().default(1),
    archivedAt: instant("archived_at"),
    receiptNumber: bigint("receipt_number", { mode: "bigint" }).notNull().default(sql`0`),
    receiptHash: text("receipt_hash").notNull().default(""),
  },
  (table) => [
    uniqueIndex("tills_site_id_name_key")
      .on(table.siteId, table.name)
      .where(sql`${table.archivedAt} is null`),
    index("tills_site_id_idx").on(table.siteId, table.id),
    check("tills_name", sql`length(${table.name}) between 1 and 120`),
    check("tills_version", sql`${table.version} > 0`),
    check("tills_receipt_number", sql`${table.receiptNumber} >= 0`),
  ],
);
