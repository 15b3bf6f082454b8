import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  integer,
  numeric,
  pgSchema,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { amount, unitPrice } from "#platform/db-columns.ts";

export const settingsSchema = pgSchema("settings");

/** At most one row; without it the defaults hold. */
export const settings = settingsSchema.table(
  "settings",
  {
    onlyRow: boolean("only_row").primaryKey().default(true),
    currency: text().notNull(),
    /** Money was posted in it, so it stays. */
    currencyLocked: boolean("currency_locked").notNull().default(false),
    locale: text().notNull(),
    /** The smallest cash amount, where coins are rounded; null where every minor unit is a coin. */
    cashStep: amount("cash_step"),
    /** What an hour of work costs. */
    labourRate: unitPrice("labour_rate").notNull().default("0"),
    version: integer().notNull(),
  },
  (table) => [
    check("settings_only_row", sql`${table.onlyRow}`),
    check("settings_currency", sql`${table.currency} ~ '^[A-Z]{3}$'`),
    check("settings_locale", sql`length(${table.locale}) between 1 and 35`),
    check("settings_cash_step", sql`${table.cashStep} > 0`),
    check("settings_labour_rate", sql`${table.labourRate} >= 0`),
    check("settings_version", sql`${table.version} > 0`),
  ],
);

/** Insert-only: a rate in use never changes. */
export const taxRates = settingsSchema.table(
  "tax_rates",
  {
    id: uuid().primaryKey(),
    code: text().notNull(),
    /** Per cent. */
    rate: numeric({ precision: 7, scale: 4 }).notNull(),
    validFrom: date("valid_from", { mode: "string" }).notNull(),
  },
  (table) => [
    unique("tax_rates_code_valid_from_key").on(table.code, table.validFrom),
    check("tax_rates_code", sql`${table.code} ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$'`),
    check("tax_rates_rate", sql`${table.rate} between 0 and 100`),
  ],
);
