import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  pgSchema,
  text,
  time,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "#platform/db-columns.ts";

const recordedAt = () => instant("recorded_at").notNull().default(sql`clock_timestamp()`);

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
    /** The first instant that is open; null if no period was ever closed. */
    closedBefore: instant("closed_before"),
    /** The business date it stands for, as it was closed. */
    closedThrough: date("closed_through", { mode: "string" }),
  },
  (table) => [
    check("sites_closed", sql`(${table.closedBefore} is null) = (${table.closedThrough} is null)`),
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

/** Every close and reopening of periods, and what is closed after it. Insert-only. */
export const periodChanges = sitesSchema.table(
  "period_changes",
  {
    id: uuid().primaryKey(),
    siteId: uuid("site_id")
      .notNull()
      .references(() => sites.id),
    action: text().notNull(),
    closedThrough: date("closed_through", { mode: "string" }),
    closedBefore: instant("closed_before"),
    reason: text(),
    actor: text().notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    check("period_changes_action", sql`${table.action} in ('close', 'reopen')`),
    check(
      "period_changes_closed",
      sql`(${table.closedBefore} is null) = (${table.closedThrough} is null)
        and (${table.action} = 'reopen' or ${table.closedBefore} is not null)`,
    ),
    check("period_changes_reason", sql`${table.reason} is not null or ${table.action} = 'close'`),
    index("period_changes_site").on(table.siteId, table.id),
  ],
);
