import { AppError } from "#platform/errors.ts";

export const lotNotFound = () =>
  new AppError("not_found", "recalls.lot_not_found", "There is no such lot.");
