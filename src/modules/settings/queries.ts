import { and, asc, eq, not, or, sql } from "drizzle-orm";
import type { Db, Tx } from "#platform/db.ts";
import { decimal, decimalText } from "#platform/decimal.ts";
import { cursorKeys, dateKey, type PageQuery, pageOf, textKey } from "#platform/page.ts";
import type { TaxRate, TaxRatePage, WholeSettings } from "./model.ts";
import { settings, taxRates } from "./tables.ts";

const settingsColumns = {
  currency: settings.currency,
  locale: settings.locale,
  cashStep: sql<string | null>`trim_scale(${settings.cashStep})`,
  labourRate: sql<string>`trim_scale(${settings.labourRate})`,
  version: settings.version,
};
const taxRateColumns = {
  id: taxRates.id,
  code: taxRates.code,
  rate: taxRates.rate,
  validFrom: taxRates.validFrom,
};

const defaults: WholeSettings = {
  currency: "EUR",
  locale: "en-IE",
  cashStep: null,
  labourRate: "0",
  version: 1,
};

export async function findSettings(db: Db): Promise<WholeSettings> {
  const [row] = await db.orm.select(settingsColumns).from(settings).limit(1);
  return row ?? defaults;
}

export interface LockableSettings extends WholeSettings {
  readonly isCurrencyLocked: boolean;
}

const lockableColumns = { ...settingsColumns, isCurrencyLocked: settings.currencyLocked };

export async function findLockableSettings(db: Db): Promise<LockableSettings> {
  const [row] = await db.orm.select(lockableColumns).from(settings).limit(1);
  return row ?? { ...defaults, isCurrencyLocked: false };
}

/**
 * Locks the currency. It waits for a change that is under way and answers what that left behind;
 * one that comes later waits for this transaction, and is refused.
 */
export async function lockCurrency(tx: Tx): Promise<WholeSettings> {
  const locked = { currencyLocked: true };
  const [row] = await tx.orm
    .insert(settings)
    .values({ ...defaults, ...locked })
    .onConflictDoUpdate({ target: settings.onlyRow, set: locked })
    .returning(settingsColumns);
  return row ?? defaults;
}

/**
 * Undefined if `version` is no longer the stored one, or the currency was locked meanwhile and is
 * another. The first change inserts the row; of two first ones the conflict lets one win.
 */
export async function upsertSettings(
  tx: Tx,
  next: WholeSettings,
): Promise<WholeSettings | undefined> {
  const { currency, locale, cashStep, labourRate, version } = next;
  const changed = { currency, locale, cashStep, labourRate, version: version + 1 };
  const isFree = or(not(settings.currencyLocked), eq(settings.currency, currency));
  const isCurrent = sql`${and(eq(settings.version, version), isFree)}`;
  const query =
    version === defaults.version
      ? tx.orm
          .insert(settings)
          .values(changed)
          .onConflictDoUpdate({ target: settings.onlyRow, set: changed, setWhere: isCurrent })
          .returning(settingsColumns)
      : tx.orm.update(settings).set(changed).where(isCurrent).returning(settingsColumns);
  const [row] = await query;
  return row;
}

export async function insertTaxRate(tx: Tx, rate: TaxRate): Promise<void> {
  await tx.orm.insert(taxRates).values(rate);
}

export async function findTaxRate(db: Db, id: string): Promise<TaxRate | undefined> {
  const [row] = await db.orm.select(taxRateColumns).from(taxRates).where(eq(taxRates.id, id));
  return row && toTaxRate(row);
}

export async function taxCodeExists(db: Db, code: string): Promise<boolean> {
  const rows = await db.orm
    .select({ id: taxRates.id })
    .from(taxRates)
    .where(eq(taxRates.code, code))
    .limit(1);
  return rows.length > 0;
}

export interface TaxRateFilter extends PageQuery {
  readonly code?: string | undefined;
}

export async function listTaxRates(db: Db, query: TaxRateFilter): Promise<TaxRatePage> {
  const after = cursorKeys(query, textKey, dateKey);
  const rows = await db.orm
    .select(taxRateColumns)
    .from(taxRates)
    .where(
      and(
        query.code === undefined ? undefined : eq(taxRates.code, query.code),
        after && sql`(${taxRates.code}, ${taxRates.validFrom}) > (${after[0]}, ${after[1]}::date)`,
      ),
    )
    .orderBy(asc(taxRates.code), asc(taxRates.validFrom))
    .limit(query.limit + 1);
  return pageOf(rows, query, (row) => [row.code, row.validFrom], toTaxRate);
}

function toTaxRate(row: TaxRate): TaxRate {
  return { ...row, rate: decimalText(decimal(row.rate)) };
}
