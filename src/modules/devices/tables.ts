import { sql } from "drizzle-orm";
import { check, index, integer, pgSchema, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { people } from "#modules/accounts/tables.ts";
import { tills } from "#modules/sites/tables.ts";
import { instant } from "#platform/db-columns.ts";

export const devicesSchema = pgSchema("devices");

const createdAt = () => instant("created_at").notNull().default(sql`clock_timestamp()`);

/** A paired till device, and who has tapped a PIN on it last. */
export const devices = devicesSchema.table(
  "devices",
  {
    id: uuid().primaryKey(),
    tillId: uuid("till_id")
      .notNull()
      .references(() => tills.id),
    siteId: uuid("site_id").notNull(),
    name: text().notNull(),
    /** SHA-256 of the device's key, in hex. */
    hash: text().notNull(),
    pairedBy: text("paired_by").notNull(),
    createdAt: createdAt(),
    revokedAt: instant("revoked_at"),
    /** Written at most once a minute. */
    lastUsedAt: instant("last_used_at"),
    staffId: uuid("staff_id").references(() => people.id),
    staffSince: instant("staff_since"),
    /** Written at most once a minute; a shift ends by itself some time after. */
    staffSeenAt: instant("staff_seen_at"),
    version: integer().notNull().default(1),
  },
  (table) => [
    uniqueIndex("devices_hash_key").on(table.hash),
    index("devices_till").on(table.tillId),
    index("devices_staff").on(table.staffId),
    check("devices_name", sql`length(${table.name}) between 1 and 120`),
    check("devices_staff", sql`(${table.staffId} is null) = (${table.staffSince} is null)`),
  ],
);

/** A short code with which one device may be paired with a till, once, for ten minutes. */
export const pairings = devicesSchema.table(
  "pairings",
  {
    id: uuid().primaryKey(),
    tillId: uuid("till_id")
      .notNull()
      .references(() => tills.id),
    siteId: uuid("site_id").notNull(),
    /** What the device will be called. */
    name: text().notNull(),
    /** Keyed hash of the code, in hex. */
    codeHash: text("code_hash").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: createdAt(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
    deviceId: uuid("device_id").references(() => devices.id),
  },
  (table) => [
    index("pairings_code").on(table.codeHash),
    index("pairings_till").on(table.tillId),
    check("pairings_name", sql`length(${table.name}) between 1 and 120`),
    check("pairings_used", sql`(${table.usedAt} is null) = (${table.deviceId} is null)`),
  ],
);

/** Each person's PIN, hashed slowly and with a pepper. */
export const pins = devicesSchema.table("pins", {
  personId: uuid("person_id")
    .primaryKey()
    .references(() => people.id),
  hash: text().notNull(),
  changedAt: instant("changed_at").notNull().default(sql`clock_timestamp()`),
});

/** What somebody allowed at a till with their PIN, for one record, once, for a few minutes. */
export const approvals = devicesSchema.table(
  "approvals",
  {
    id: uuid().primaryKey(),
    deviceId: uuid("device_id")
      .notNull()
      .references(() => devices.id),
    approverId: uuid("approver_id")
      .notNull()
      .references(() => people.id),
    permission: text().notNull(),
    subjectId: uuid("subject_id").notNull(),
    createdAt: createdAt(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
  },
  (table) => [
    index("approvals_subject").on(table.subjectId),
    index("approvals_approver").on(table.approverId),
  ],
);
