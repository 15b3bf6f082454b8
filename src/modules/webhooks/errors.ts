import { AppError, invalidField } from "#platform/errors.ts";

export const webhookNotFound = () =>
  new AppError("not_found", "webhooks.not_found", "There is no such webhook.");

export const webhookStale = () =>
  new AppError("stale", "webhooks.stale", "The webhook was changed meanwhile. Read it again.");

export const webhookIdTaken = (cause: unknown) =>
  new AppError("conflict", "webhooks.id_taken", "This id is in use.", { cause });

export const webhookDisabled = () =>
  new AppError("conflict", "webhooks.disabled", "This webhook is disabled. Enable it first.");

export const urlRefused = () =>
  invalidField(
    "/url",
    "webhooks.url",
    "A webhook is reached over https, at a public address, without credentials in its URL.",
  );

export const deliveryNotFound = () =>
  new AppError("not_found", "webhooks.delivery_not_found", "There is no such delivery.");

export const deliveryBusy = () =>
  new AppError("unavailable", "webhooks.busy", "Somebody is at this delivery.");
