import { sql } from "drizzle-orm";
import { check, integer, pgSchema, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant } from "#platform/db-columns.ts";

export const keysSchema = pgSchema("keys");

/** A program's credential: only its hash is kept, and the first letters to recognise it by. */
export const keys = keysSchema.table(
  "keys",
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    /** The first letters of the key, as shown. */
    prefix: text().notNull(),
    /** SHA-256 of the whole key, in hex: it has 256 random bits, so nothing slower is needed. */
    hash: text().notNull(),
    /** Permissions. */
    scopes: text().array().notNull(),
    /** Null is every site. */
    siteIds: uuid("site_ids").array(),
    createdBy: text("created_by").notNull(),
    createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
    expiresAt: instant("expires_at"),
    revokedAt: instant("revoked_at"),
    /** Written at most once a minute. */
    lastUsedAt: instant("last_used_at"),
    version: integer().notNull().default(1),
  },
  (table) => [
    uniqueIndex("keys_hash_key").on(table.hash),
    check("keys_name", sql`length(${table.name}) between 1 and 120`),
    check("keys_scopes", sql`cardinality(${table.scopes}) > 0`),
    check("keys_site_ids", sql`cardinality(${table.siteIds}) > 0`),
    check("keys_version", sql`${table.version} > 0`),
  ],
);
