import { AppError } from "#platform/errors.ts";

/** Too many wrong tries; the same text whether the last one would have been right. */
export const locked = (retryAfterSeconds: number) => {
  const text = "Too many tries. Wait a while, then try again.";
  return new AppError("limited", "accounts.locked", text, { retryAfterSeconds });
};
