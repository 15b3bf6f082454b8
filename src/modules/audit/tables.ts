import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  json,
  pgSchema,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "#platform/db-columns.ts";

export const auditSchema = pgSchema("audit");

/** Without a cache: the sealer needs draws in order of time. */
export const entryOrder = auditSchema.sequence("entry_order");

/** Who did what to which record. Insert-only; ids only, no personal data. */
export const entries = auditSchema.table(
  "entries",
  {
    id: uuid().primaryKey(),
    seq: bigint({ mode: "bigint" }).notNull().default(sql`nextval('audit.entry_order')`),
    action: text().notNull(),
    subjectKind: text("subject_kind").notNull(),
    subjectId: text("subject_id").notNull(),
    siteId: uuid("site_id"),
    actorKind: text("actor_kind").notNull(),
    actorId: text("actor_id").notNull(),
    /** The session, key or device behind the actor. */
    credentialId: uuid("credential_id"),
    /** The network the request came from: the first 24 bits of IPv4, 48 of IPv6. */
    network: text(),
    traceId: text("trace_id").notNull(),
    before: json(),
    after: json(),
    recordedAt: instant("recorded_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    uniqueIndex("entries_seq_key").on(table.seq),
    index("entries_subject").on(table.subjectId, table.seq),
    index("entries_subject_kind").on(table.subjectKind, table.seq),
    index("entries_actor").on(table.actorId, table.seq),
    index("entries_action").on(table.action, table.seq),
    index("entries_site").on(table.siteId, table.seq),
    index("entries_recorded_at").on(table.recordedAt, table.seq),
    check("entries_action_form", sql`${table.action} ~ '^[a-z_]+[.][a-z_]+$'`),
  ],
);

/** Where the copy of an entry lies outside of the database. Insert-only. */
export const copies = auditSchema.table("copies", {
  entryId: uuid("entry_id").primaryKey(),
  object: text().notNull().unique(),
  bytes: integer().notNull(),
  /** Of the line, in hex. */
  sha256: text().notNull(),
  copiedAt: instant("copied_at").notNull().default(sql`clock_timestamp()`),
});

/** A sealed range of entries, each linked to the one before. Insert-only. */
export const seals = auditSchema.table(
  "seals",
  {
    number: integer().primaryKey(),
    fromSeq: bigint("from_seq", { mode: "bigint" }).notNull(),
    toSeq: bigint("to_seq", { mode: "bigint" }).notNull(),
    count: integer().notNull(),
    /** SHA-256 over the hash before and each entry, in hex; rules/chain.ts. */
    hash: text().notNull(),
    previous: text().notNull(),
    sealedAt: instant("sealed_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    check("seals_range", sql`${table.fromSeq} <= ${table.toSeq} and ${table.count} > 0`),
    check("seals_number", sql`${table.number} > 0`),
  ],
);
