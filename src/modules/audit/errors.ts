import { AppError } from "#platform/errors.ts";

export const entryNotFound = () =>
  new AppError("not_found", "audit.entry_not_found", "There is no such entry.");
