import { AppError, invalidField } from "#platform/errors.ts";

export const settingsStale = () =>
  new AppError("stale", "settings.stale", "The settings were changed meanwhile. Read them again.");

export const currencyUnknown = () =>
  invalidField("/currency", "settings.currency", "This is not a currency in use.");

export const localeUnknown = () =>
  invalidField("/locale", "settings.locale", "This is not a language tag.");

export const taxRateOutOfRange = () =>
  invalidField("/rate", "tax_rate.rate", "A rate is between 0 and 100 per cent.");

export const taxRateNotFound = () =>
  new AppError("not_found", "tax_rate.not_found", "There is no such tax rate.");

export const taxRateExists = (cause: unknown) =>
  new AppError("conflict", "tax_rate.exists", "This code has a rate from that day on.", { cause });

export const taxRateIdTaken = (cause: unknown) =>
  new AppError("conflict", "tax_rate.id_taken", "This id is in use.", { cause });
