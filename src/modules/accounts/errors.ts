import { AppError, invalidField } from "#platform/errors.ts";

/** Too many wrong tries; the same text whether the last one would have been right. */
export const locked = (retryAfterSeconds: number) => {
  const text = "Too many tries. Wait a while, then try again.";
  return new AppError("limited", "accounts.locked", text, { retryAfterSeconds });
};

export const busy = () => {
  const text = "Too many people sign in at once. Try again in a second.";
  return new AppError("unavailable", "accounts.busy", text, { retryAfterSeconds: 1 });
};

/** The same for an address nobody has, a wrong password and somebody deactivated. */
export const signInRefused = () =>
  new AppError("unauthenticated", "accounts.sign_in_refused", "Address or password is wrong.");

export const peopleOnly = () =>
  new AppError("forbidden", "accounts.people_only", "Only a person who is signed in can do this.");

export const challengeOver = () =>
  new AppError("unauthenticated", "accounts.challenge_over", "Begin again: sign in once more.");

export const codeWrong = () =>
  new AppError("unauthenticated", "accounts.code_wrong", "This code is not, or no longer, right.");

export const passwordWrong = (pointer: string) =>
  invalidField(pointer, "accounts.password_wrong", "This is not your password.");

export const passwordMissing = (pointer: string) =>
  invalidField(pointer, "accounts.password_missing", "Say your password once more.");

export const passwordCommon = (pointer: string) =>
  invalidField(pointer, "accounts.password_common", "This password is among the first tried.");

export const passwordPersonal = (pointer: string) => {
  const text =
    "A password must not be your name or address, nor that of the bakery or this program.";
  return invalidField(pointer, "accounts.password_personal", text);
};

export const secondFactorOn = () =>
  new AppError("conflict", "accounts.second_factor_on", "A second factor is on already.");

export const confirmationWrong = () =>
  invalidField("/code", "accounts.code_wrong", "This code is not, or no longer, right.");

export const googleOff = () =>
  new AppError("not_found", "accounts.google_off", "Sign-in with Google is not set up here.");

export const sessionNotFound = () =>
  new AppError("not_found", "accounts.session_not_found", "There is no such session of yours.");

export const accountNotFound = () =>
  new AppError("not_found", "accounts.not_found", "There is no such account.");

export const accountStale = () =>
  new AppError("stale", "accounts.stale", "The account was changed meanwhile. Read it again.");

export const accountArchived = () =>
  new AppError("conflict", "accounts.archived", "The account is deactivated.");

export const aboveOwn = () => {
  const text = "This role, or this person, may do more than you at one of the sites.";
  return new AppError("forbidden", "accounts.above_own", text);
};

export const lastOwner = () => {
  const text = "This is the last owner: make somebody else one first.";
  return new AppError("conflict", "accounts.last_owner", text);
};

export const siteTwice = (pointer: string) =>
  invalidField(pointer, "accounts.site_twice", "One role a site, and one for all of them.");

export const emailKnown = () =>
  new AppError("conflict", "accounts.email_known", "Somebody with this address is here already.");

export const invitationNotFound = () => {
  const text = "There is no such invitation.";
  return new AppError("not_found", "accounts.invitation_not_found", text);
};

/** A link that is spent, revoked, expired or made up looks the same. */
export const invitationOver = () => {
  const text = "This invitation is not, or no longer, good. Ask for a new one.";
  return new AppError("not_found", "accounts.invitation_over", text);
};

export const invitationClosed = () =>
  new AppError("conflict", "accounts.invitation_closed", "It was accepted or revoked before.");

export const emailMissing = () =>
  invalidField("/email", "accounts.email_missing", "Say the address you will sign in with.");

export const emailGiven = () =>
  invalidField("/email", "accounts.email_given", "This invitation is for an address already.");
