import { authorise, visible } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf, type Db, type Tx } from "#platform/db.ts";
import { decimal, decimalText } from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import * as errors from "./errors.ts";
import {
  type NewTaxRate,
  Settings,
  type SettingsPatch,
  type TaxRate,
  type TaxRatePage,
  type WholeSettings,
} from "./model.ts";
import * as queries from "./queries.ts";
import { isCurrency, isLocale, minorDigitsOf } from "./rules.ts";

/** The company's settings; defaults until somebody changes them. */
export async function getSettings(ctx: Ctx): Promise<Settings> {
  authorise(ctx, "settings.read");
  return visible(ctx, Settings, await queries.findSettings(ctx.app.db));
}

export interface SettingsChange {
  readonly version: number;
  readonly patch: SettingsPatch;
}

/**
 * Merges a patch. Throws `settings.stale` if `version` is not the current one, and
 * `settings.currency_fixed` (409) for another currency once money was posted.
 */
export async function changeSettings(
  ctx: Ctx,
  { version, patch }: SettingsChange,
): Promise<Settings> {
  authorise(ctx, "settings.change", null);
  if (patch.currency !== undefined && !isCurrency(patch.currency)) throw errors.currencyUnknown();
  if (patch.locale !== undefined && !isLocale(patch.locale)) throw errors.localeUnknown();
  return changing(ctx, async (tx) => {
    const current = await queries.findSettings(tx);
    await refuseOtherCurrency(tx, patch);
    const { cashStep = current.cashStep, labourRate = current.labourRate } = patch;
    const step = cashStep === null ? null : decimalText(decimal(cashStep));
    const digits = minorDigitsOf(patch.currency ?? current.currency);
    if ((step?.split(".")[1]?.length ?? 0) > digits) throw errors.cashStepTooFine(digits);
    const rate = decimalText(decimal(labourRate));
    const next = { ...current, ...patch, cashStep: step, labourRate: rate, version };
    const changed = await queries.upsertSettings(tx, next);
    if (changed !== undefined) {
      await recordDeed(tx, ctx, {
        action: "settings.changed",
        subject: { kind: "settings", id: "company" },
        before: current,
        after: changed,
      });
      return visible(ctx, Settings, changed);
    }
    // The first posting of money may have come in between.
    await refuseOtherCurrency(tx, patch);
    throw errors.settingsStale();
  });
}

/** Reports are told in the currency's digits. */
function changing<T>({ app }: Ctx, work: (tx: Tx) => Promise<T>): Promise<T> {
  return app.cache.changing(["settings"], () => app.db.withTransaction(work));
}

async function refuseOtherCurrency(tx: Tx, { currency }: SettingsPatch): Promise<void> {
  if (currency === undefined) return;
  const found = await queries.findLockableSettings(tx);
  if (found.isCurrencyLocked && found.currency !== currency) throw errors.currencyFixed();
}

/**
 * Adds a rate from a day on. Throws `settings.tax_rate_exists` if its code has one from that very
 * day.
 */
export async function addTaxRate(ctx: Ctx, input: NewTaxRate): Promise<TaxRate> {
  authorise(ctx, "settings.change", null);
  const rate = decimal(input.rate);
  if (rate.gt("100")) throw errors.taxRateOutOfRange();
  const added = { ...input, id: input.id ?? newId(), rate: decimalText(rate) };
  try {
    await ctx.app.db.withTransaction(async (tx) => {
      await queries.insertTaxRate(tx, added);
      const { id, code: taxCode, ...rule } = added;
      await recordDeed(tx, ctx, {
        action: "tax_rate.added",
        subject: { kind: "tax_rate", id },
        after: { taxCode, ...rule },
      });
    });
  } catch (error) {
    if (constraintOf(error) === "tax_rates_code_valid_from_key") throw errors.taxRateExists(error);
    if (constraintOf(error) === "tax_rates_pkey") throw errors.taxRateIdTaken(error);
    throw error;
  }
  return added;
}

/** Throws `settings.tax_rate_not_found` (404). */
export async function getTaxRate(ctx: Ctx, id: string): Promise<TaxRate> {
  authorise(ctx, "settings.read");
  const found = await queries.findTaxRate(ctx.app.db, id);
  if (found === undefined) throw errors.taxRateNotFound();
  return found;
}

export async function listTaxRates(ctx: Ctx, query: queries.TaxRateFilter): Promise<TaxRatePage> {
  authorise(ctx, "settings.read");
  return queries.listTaxRates(ctx.app.db, query);
}

/** Step: the settings inside another module's transaction. */
export function readSettings(db: Db): Promise<WholeSettings> {
  return queries.findSettings(db);
}

/**
 * Step: the settings that a posting of money stands on. The first one locks the currency for good,
 * and the settings until it ends: call it before any other lock is taken.
 */
export async function postingSettings(tx: Tx): Promise<WholeSettings> {
  const { isCurrencyLocked, ...found } = await queries.findLockableSettings(tx);
  return isCurrencyLocked ? found : queries.lockCurrency(tx);
}

/** Step: whether a tax code has a rate, from whatever day on. */
export function taxCodeExists(db: Db, code: string): Promise<boolean> {
  return queries.taxCodeExists(db, code);
}
