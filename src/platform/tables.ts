import { sql } from "drizzle-orm";
import {
  bigint,
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

/** How much happened on which day of UTC, counted when it is handed on. */
export const eventCounts = platformSchema.table(
  "event_counts",
  {
    type: text().notNull(),
    day: date().notNull(),
    count: bigint({ mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ name: "event_counts_pkey", columns: [table.type, table.day] })],
);

/** Events on their way to a topic outside, in the order in which they were handed on. */
export const outgoing = platformSchema.table("outgoing", {
  position: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  id: uuid().notNull(),
  type: text().notNull(),
  siteId: uuid("site_id"),
  businessDate: date("business_date"),
  subjectId: uuid("subject_id").notNull(),
  payload: jsonb().notNull(),
  recordedAt: instant("recorded_at").notNull(),
});
