import { sql } from "drizzle-orm";
import {
  date,
  index,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  uuid,
} from "drizzle-orm/pg-core";
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
    // For the daily deletion: rows come in the order of time, so ranges of pages are index enough.
    index("idempotency_created").using("brin", table.createdAt),
  ],
);

/** What was committed and is not handed to its subscribers yet: the worker takes rows away. */
export const events = platformSchema.table("events", {
  id: uuid().primaryKey(),
  type: text().notNull(),
  siteId: uuid("site_id"),
  businessDate: date("business_date"),
  subjectId: uuid("subject_id").notNull(),
  payload: jsonb().notNull(),
  recordedAt: instant("recorded_at").notNull().default(sql`clock_timestamp()`),
});
