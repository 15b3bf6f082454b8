import { sql } from "drizzle-orm";
import { check, index, integer, pgSchema, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant } from "#platform/db-columns.ts";

export const webhooksSchema = pgSchema("webhooks");

/** Somebody else's server that is told of what happens. */
export const webhooks = webhooksSchema.table(
  "webhooks",
  {
    id: uuid().primaryKey(),
    url: text().notNull(),
    /** What it is told of: `alert.opened`, `sale.recorded`. */
    kinds: text().array().notNull(),
    /** Null is every site, and what belongs to none. */
    siteIds: uuid("site_ids").array(),
    /** Needed to sign, so it is kept; gone when the webhook is. */
    secret: text(),
    /** The one before, which signs too until then. */
    previousSecret: text("previous_secret"),
    previousUntil: instant("previous_until"),
    createdBy: text("created_by").notNull(),
    createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
    /** The first failure since the last success. */
    failingSince: instant("failing_since"),
    disabledAt: instant("disabled_at"),
    disabledReason: text("disabled_reason"),
    removedAt: instant("removed_at"),
    version: integer().notNull().default(1),
  },
  (table) => [
    check("webhooks_url", sql`length(${table.url}) between 1 and 2000`),
    check("webhooks_kinds", sql`cardinality(${table.kinds}) > 0`),
    check("webhooks_site_ids", sql`cardinality(${table.siteIds}) > 0`),
    check("webhooks_reason", sql`${table.disabledReason} in ('off', 'failing', 'gone')`),
    check(
      "webhooks_disabled",
      sql`(${table.disabledAt} is null) = (${table.disabledReason} is null)`,
    ),
    check("webhooks_secret", sql`(${table.secret} is null) = (${table.removedAt} is not null)`),
    check("webhooks_version", sql`${table.version} > 0`),
  ],
);

/** One message to one webhook: tried until it is delivered or dead. */
export const deliveries = webhooksSchema.table(
  "deliveries",
  {
    id: uuid().primaryKey(),
    webhookId: uuid("webhook_id")
      .notNull()
      .references(() => webhooks.id),
    /** The same each time it is sent: the header `webhook-id`. */
    messageId: text("message_id").notNull(),
    kind: text().notNull(),
    body: text().notNull(),
    state: text().notNull().default("waiting"),
    attempts: integer().notNull().default(0),
    nextTryAt: instant("next_try_at").default(sql`now()`),
    /** Until then somebody is at it. */
    claimedUntil: instant("claimed_until"),
    lastStatus: integer("last_status"),
    lastProblem: text("last_problem"),
    createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
    deliveredAt: instant("delivered_at"),
  },
  (table) => [
    uniqueIndex("deliveries_message").on(table.webhookId, table.messageId),
    index("deliveries_webhook").on(table.webhookId, table.id),
    index("deliveries_waiting").on(table.nextTryAt).where(sql`state = 'waiting'`),
    index("deliveries_created").using("brin", table.createdAt),
    check("deliveries_state", sql`${table.state} in ('waiting', 'delivered', 'dead')`),
    check("deliveries_next", sql`(${table.state} = 'waiting') = (${table.nextTryAt} is not null)`),
  ],
);
