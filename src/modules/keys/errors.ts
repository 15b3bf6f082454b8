import { AppError, invalidField } from "#platform/errors.ts";

export const keyRefused = () =>
  new AppError("unauthenticated", "keys.refused", "This API key is not, or no longer, good.");

export const keyNotFound = () =>
  new AppError("not_found", "keys.not_found", "There is no such API key.");

export const keyStale = () =>
  new AppError("stale", "keys.stale", "The key was changed meanwhile. Read it again.");

export const keyRevoked = () => new AppError("conflict", "keys.revoked", "This key is revoked.");

export const keyIdTaken = (cause: unknown) =>
  new AppError("conflict", "keys.id_taken", "This id is in use.", { cause });

export const expiryPassed = () =>
  invalidField("/expiresAt", "keys.expiry", "A key expires at a time to come.");

/** Nobody gives a key what they do not have themselves, at every site that it is for. */
export const scopeExceeds = (index: number) => {
  const code = "keys.scope_exceeds";
  const message = "You may not do this yourself at every site of the key.";
  const errors = [{ pointer: `/scopes/${index}`, code, message }];
  return new AppError("forbidden", code, "A key may do no more than its maker.", { errors });
};
