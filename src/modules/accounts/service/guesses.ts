import type { Ctx } from "#platform/context.ts";
import { isKnownAddress } from "../queries/sessions.ts";
import { fingerprintOf, neighbourhoodOf } from "../rules/addresses.ts";
import { chargeTry, forgetTries, type TryPolicy } from "./tries.ts";

/** A guess at a secret of one account; `account` is the same for every try at it. */
export interface Guess {
  readonly kind: "password" | "code";
  readonly account: string;
  /** Undefined for an address that nobody has: it is counted alike. */
  readonly personId: string | undefined;
}

/** Of one account from one address. */
export const triesFromAddress: TryPolicy = {
  free: 5,
  firstWaitSeconds: 30,
  longestWaitSeconds: 3_600,
  forgottenAfterSeconds: 86_400,
};

/** Over all addresses from which the account was never signed in. */
export const triesFromStrangers: TryPolicy = {
  free: 100,
  firstWaitSeconds: 60,
  longestWaitSeconds: 900,
  forgottenAfterSeconds: 86_400,
};

/**
 * Charges a guess before it is judged: by account and address; and, unless this account has been
 * signed in from there before, by account over all such addresses. So many addresses together guess
 * little, and cannot keep the account's own people out where they always are.
 *
 * Throws `accounts.locked` (429).
 */
export async function chargeGuess(ctx: Ctx, guess: Guess): Promise<void> {
  await chargeTry(ctx, subjectOf(ctx, guess), triesFromAddress);
  if (await isKnownAddress(ctx.app.db, guess.personId, addressKeyOf(ctx))) return;
  await chargeTry(ctx, `${guess.kind}:${guess.account}`, triesFromStrangers);
}

/** It was right: this address begins anew. What strangers did is not forgotten. */
export async function forgetGuesses(ctx: Ctx, guess: Guess): Promise<void> {
  await forgetTries(ctx, subjectOf(ctx, guess));
}

/** The account a password is guessed for: a person, or an address that nobody has. */
export function accountOf(ctx: Ctx, personId: string | undefined, email: string): string {
  return personId ?? fingerprintOf(`email ${email}`, ctx.app.config.authSecret.reveal());
}

/** Where a call comes from, so that it can be compared but not read. */
export function addressKeyOf(ctx: Ctx): string {
  const text = `address ${neighbourhoodOf(ctx.address)}`;
  return fingerprintOf(text, ctx.app.config.authSecret.reveal()).slice(0, 32);
}

function subjectOf(ctx: Ctx, { kind, account }: Guess): string {
  return `${kind}:${account}:${addressKeyOf(ctx)}`;
}
