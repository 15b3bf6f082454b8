import { AppError, invalidField } from "#platform/errors.ts";

export const keyRefused = () =>
  new AppError("unauthenticated", "devices.refused", "This till is not, or no longer, paired.");

export const unpaired = () =>
  new AppError("unauthenticated", "devices.unpaired", "This device is not paired with a till.");

export const tillOnly = () =>
  new AppError("forbidden", "devices.till_only", "Only a paired till does this.");

export const personOnly = () =>
  new AppError("forbidden", "devices.person_only", "Only a person who is signed in does this.");

/** Wrong, used, replaced and expired codes look the same. */
export const codeRefused = () =>
  new AppError("unauthenticated", "devices.code_refused", "This code is not, or no longer, good.");

export const deviceNotFound = () =>
  new AppError("not_found", "devices.not_found", "There is no such paired device.");

export const personNotFound = () =>
  new AppError("not_found", "devices.person_not_found", "There is no such person.");

/** A wrong PIN, a person without one and one who does not work here look the same. */
export const pinRefused = () =>
  new AppError("unauthenticated", "devices.pin_refused", "This is not the PIN.");

export const pinWeak = () =>
  invalidField("/pin", "devices.pin_weak", "Runs and repetitions are too easy to guess.");

export const busy = () => {
  const text = "Too many PINs are tapped at once. Try again in a second.";
  return new AppError("unavailable", "devices.busy", text, { retryAfterSeconds: 1 });
};
