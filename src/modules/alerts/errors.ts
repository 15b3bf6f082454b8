import { AppError } from "#platform/errors.ts";

export const alertNotFound = () =>
  new AppError("not_found", "alerts.not_found", "There is no such alert.");

export const alertClosed = () =>
  new AppError("conflict", "alerts.closed", "This alert is closed: its cause is gone.");

export const notSent = (cause?: unknown) =>
  new AppError("unavailable", "alerts.not_sent", "The notice could not be sent.", { cause });
