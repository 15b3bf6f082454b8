import { AppError, invalidField } from "#platform/errors.ts";

export const settingsStale = () =>
  new AppError("stale", "settings.stale", "The settings were changed meanwhile. Read them again.");

export const currencyFixed = () =>
  new AppError(
    "conflict",
    "settings.currency_fixed",
    "Money was posted in this currency: it stays as it is.",
  );

export const currencyUnknown = () =>
  invalidField("/currency", "settings.currency", "This is not a currency in use.");

export const localeUnknown = () =>
  invalidField("/locale", "settings.locale", "This is not a language tag.");

export const taxRateOutOfRange = () =>
  invalidField("/rate", "settings.tax_rate", "A rate is between 0 and 100 per cent.");

export const taxRateNotFound = () =>
  new AppError("not_found", "settings.tax_rate_not_found", "There is no such tax rate.");

export const taxRateExists = (cause: unknown) =>
  new AppError("conflict", "settings.tax_rate_exists", "This code has a rate from that day on.", {
    cause,
  });

export const taxRateIdTaken = (cause: unknown) =>
  new AppError("conflict", "settings.tax_rate_id_taken", "This id is in use.", { cause });

export const cashStepTooFine = (digits: number) =>
  invalidField("/cashStep", "settings.cash_step", `The currency has ${digits} decimals.`);
