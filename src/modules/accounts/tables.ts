import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  index,
  integer,
  json,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "#platform/db-columns.ts";

export const accountsSchema = pgSchema("accounts");

// The library writes Date objects.
const date = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const stamps = () => ({
  createdAt: date("created_at").notNull().default(sql`clock_timestamp()`),
  updatedAt: date("updated_at").notNull().default(sql`clock_timestamp()`),
});

/** Who can sign in. An erased person keeps their id and loses their name and address. */
export const people = accountsSchema.table(
  "people",
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    email: text().notNull(),
    emailVerified: boolean("email_verified").notNull().default(false),
    image: text(),
    twoFactorEnabled: boolean("two_factor_enabled").notNull().default(false),
    ...stamps(),
    version: integer().notNull().default(1),
    archivedAt: instant("archived_at"),
    erasedAt: instant("erased_at"),
  },
  (table) => [
    uniqueIndex("people_email_key").on(table.email),
    check("people_name", sql`length(${table.name}) between 1 and 120`),
    check("people_email", sql`${table.email} = lower(${table.email})`),
    check("people_version", sql`${table.version} > 0`),
  ],
);

const personId = () =>
  uuid("person_id")
    .notNull()
    .references(() => people.id);

/** How a person proves who they are: a password hash, or an account at another provider. */
export const credentials = accountsSchema.table(
  "credentials",
  {
    id: uuid().primaryKey(),
    personId: personId(),
    providerId: text("provider_id").notNull(),
    accountId: text("account_id").notNull(),
    accessToken: text("access_token"),
    refreshToken: text("refresh_token"),
    idToken: text("id_token"),
    accessTokenExpiresAt: date("access_token_expires_at"),
    refreshTokenExpiresAt: date("refresh_token_expires_at"),
    scope: text(),
    password: text(),
    ...stamps(),
  },
  (table) => [
    unique("credentials_account_key").on(table.providerId, table.accountId),
    index("credentials_person").on(table.personId),
  ],
);

export const sessions = accountsSchema.table(
  "sessions",
  {
    id: uuid().primaryKey(),
    personId: personId(),
    token: text().notNull(),
    expiresAt: date("expires_at").notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    ...stamps(),
  },
  (table) => [
    uniqueIndex("sessions_token_key").on(table.token),
    index("sessions_person").on(table.personId),
    index("sessions_expiry").on(table.expiresAt),
  ],
);

/** Short-lived values of the library: states of OAuth, second factors under way. */
export const verifications = accountsSchema.table(
  "verifications",
  {
    id: uuid().primaryKey(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: date("expires_at").notNull(),
    ...stamps(),
  },
  (table) => [
    index("verifications_identifier").on(table.identifier),
    index("verifications_expiry").on(table.expiresAt),
  ],
);

/** The secret of a person's authenticator app and their backup codes, encrypted. */
export const secondFactors = accountsSchema.table(
  "second_factors",
  {
    id: uuid().primaryKey(),
    personId: personId(),
    secret: text().notNull(),
    backupCodes: text("backup_codes").notNull(),
    verified: boolean().notNull().default(true),
    failedVerificationCount: integer("failed_verification_count").notNull().default(0),
    lockedUntil: date("locked_until"),
  },
  (table) => [index("second_factors_person").on(table.personId)],
);

const roleCheck = sql`role in ('owner', 'manager', 'baker', 'cashier', 'accountant', 'auditor')`;

/** The role of a person at a site, or without a site at all of them. */
export const memberships = accountsSchema.table(
  "memberships",
  {
    id: uuid().primaryKey(),
    personId: personId(),
    role: text().notNull(),
    siteId: uuid("site_id"),
    createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    unique("memberships_person_site_key").on(table.personId, table.siteId).nullsNotDistinct(),
    index("memberships_site").on(table.siteId),
    check("memberships_role", roleCheck),
  ],
);

/** An address that may become a person once, with these roles, until it expires. */
export const invitations = accountsSchema.table(
  "invitations",
  {
    id: uuid().primaryKey(),
    /** Null for the first owner, who says it when accepting. */
    email: text(),
    /** [{ role, siteId }] */
    memberships: json().notNull(),
    /** SHA-256 of the link's secret, in hex. */
    tokenHash: text("token_hash").notNull(),
    invitedBy: text("invited_by").notNull(),
    createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
    expiresAt: instant("expires_at").notNull(),
    acceptedAt: instant("accepted_at"),
    revokedAt: instant("revoked_at"),
    personId: uuid("person_id").references(() => people.id),
  },
  (table) => [
    uniqueIndex("invitations_token_key").on(table.tokenHash),
    index("invitations_email").on(table.email),
    check("invitations_email", sql`${table.email} = lower(${table.email})`),
    check(
      "invitations_accepted",
      sql`(${table.acceptedAt} is null) = (${table.personId} is null)
        and not (${table.acceptedAt} is not null and ${table.revokedAt} is not null)`,
    ),
  ],
);

/** Wrong passwords, PINs and codes, by whom they were tried for and from where; and the wait. */
export const failures = accountsSchema.table(
  "failures",
  {
    subject: text().primaryKey(),
    count: integer().notNull(),
    lastAt: instant("last_at").notNull(),
    lockedUntil: instant("locked_until"),
  },
  (table) => [index("failures_last_at").on(table.lastAt)],
);

/** From where a person has signed in before: a wait made by strangers does not hold there. */
export const knownAddresses = accountsSchema.table(
  "known_addresses",
  {
    personId: personId(),
    /** Keyed hash of the address, in hex. */
    address: text().notNull(),
    lastAt: instant("last_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [primaryKey({ columns: [table.personId, table.address] })],
);
