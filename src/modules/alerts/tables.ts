import { sql } from "drizzle-orm";
import {
  check,
  date,
  index,
  integer,
  pgSchema,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { items } from "#modules/catalog/tables.ts";
import { sites } from "#modules/sites/tables.ts";
import { instant, quantity } from "#platform/db-columns.ts";

export const alertsSchema = pgSchema("alerts");

/** Something that somebody should see to: opened once for its cause, closed when the cause is gone. */
export const alerts = alertsSchema.table(
  "alerts",
  {
    id: uuid().primaryKey(),
    kind: text().notNull(),
    /** Kind, site and subject: at most one alert is open for it. */
    cause: text().notNull(),
    /** Null is the company. */
    siteId: uuid("site_id").references(() => sites.id),
    itemId: uuid("item_id").references(() => items.id),
    lotId: uuid("lot_id"),
    /** As it was when the alert was opened, like all below. */
    quantity: quantity(),
    reorderLevel: quantity("reorder_level"),
    expiresOn: date("expires_on", { mode: "string" }),
    since: instant(),
    openedAt: instant("opened_at").notNull().default(sql`clock_timestamp()`),
    acknowledgedAt: instant("acknowledged_at"),
    acknowledgedBy: text("acknowledged_by"),
    closedAt: instant("closed_at"),
  },
  (table) => [
    uniqueIndex("alerts_open").on(table.cause).where(sql`closed_at is null`),
    index("alerts_site").on(table.siteId, table.id),
    index("alerts_open_site").on(table.siteId).where(sql`closed_at is null`),
    check(
      "alerts_kind",
      sql`${table.kind} in ('low_stock', 'lot_expiring', 'lot_expired', 'shortfall_open',
        'worker_lag', 'verify_failed')`,
    ),
    check(
      "alerts_acknowledged",
      sql`(${table.acknowledgedAt} is null) = (${table.acknowledgedBy} is null)`,
    ),
  ],
);

/** What was opened at once, to be told on one channel. */
export const notices = alertsSchema.table(
  "notices",
  {
    id: uuid().primaryKey(),
    channel: text().notNull(),
    alertIds: uuid("alert_ids").array().notNull(),
    createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
    attempts: integer().notNull().default(0),
    /** Until then somebody is at it. */
    claimedUntil: instant("claimed_until"),
    sentAt: instant("sent_at"),
  },
  (table) => [
    check("notices_channel", sql`${table.channel} in ('log', 'slack', 'email')`),
    check("notices_alerts", sql`cardinality(${table.alertIds}) > 0`),
  ],
);
