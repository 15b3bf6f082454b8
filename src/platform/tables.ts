import { sql } from "drizzle-orm";
import { pgSchema, primaryKey, smallint, text } from "drizzle-orm/pg-core";
import { instant } from "./db-columns.ts";

export const platformSchema = pgSchema("platform");

/** The answer of each command, for those who ask again; the worker deletes rows after 35 days. */
export const idempotency = platformSchema.table(
  "idempotency",
  {
    actor: text().notNull(),
    route: text().notNull(),
    key: text().notNull(),
    requestHash: text("request_hash").notNull(),
    status: smallint().notNull(),
    body: text().notNull(),
    createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({ name: "idempotency_pkey", columns: [table.actor, table.route, table.key] }),
  ],
);
