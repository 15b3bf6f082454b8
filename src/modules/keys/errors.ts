import { AppError } from "#platform/errors.ts";

export const keyRefused = () =>
  new AppError("unauthenticated", "keys.refused", "This API key is not, or no longer, good.");
