import { APIError } from "better-auth/api";
import { unauthenticated } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { type AppError, invariant } from "#platform/errors.ts";
import * as errors from "../errors.ts";
import type { Credentials, SignInState } from "../model/session.ts";
import { findPersonByEmail } from "../queries/people.ts";
import { endSession, findSession, noteAddress } from "../queries/sessions.ts";
import { cookieNamesOf, ownCookies, tokenIn } from "../rules/cookies.ts";
import { accountOf, addressKeyOf, chargeGuess, forgetGuesses, type Guess } from "./guesses.ts";
import { headersOf, libraryOf } from "./library.ts";

/** How far a sign-in is, and the cookies that a browser must get for it. */
export interface SignedIn {
  readonly state: SignInState;
  readonly cookies: string[];
}

/** With which browser somebody comes; shown to them in the list of their sessions. */
export interface Browser {
  readonly userAgent: string | null;
}

/**
 * Signs in with address and password: a new session, whatever cookie came along, or the question for
 * the second factor.
 *
 * Throws `accounts.sign_in_refused` (401), the same and after the same work for an address that nobody
 * has, and `accounts.locked` (429).
 */
export async function signIn(
  ctx: Ctx,
  { email: given, password, userAgent }: Credentials & Browser,
): Promise<SignedIn> {
  const email = given.toLowerCase();
  const person = await findPersonByEmail(ctx.app.db, email);
  const account = accountOf(ctx, person?.id, email);
  const guess: Guess = { kind: "password", account, personId: person?.id };
  await chargeGuess(ctx, guess);
  const { api } = libraryOf(ctx.app);
  const headers = headersOf(ctx, { userAgent });
  const answer = await unlessRefused(
    api.signInEmail({ body: { email, password }, headers, returnHeaders: true }),
  );
  if (answer === undefined) {
    await noteRefusal(ctx, "session.refused", person?.id);
    throw errors.signInRefused();
  }
  await forgetGuesses(ctx, guess);
  const cookies = ownCookies(answer.headers, cookieNamesOf(ctx.app.config));
  if ("twoFactorRedirect" in answer.response) {
    return { state: { status: "second_factor_required" }, cookies };
  }
  return startSession(ctx, cookies, "password");
}

/** What the library answers, or undefined where it says no; what else goes wrong is not for clients. */
export async function unlessRefused<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (!(error instanceof APIError) || error.statusCode >= 500) throw error;
    return undefined;
  }
}

/** The person whose session the library has just made is in: their address is known from now on. */
export async function startSession(ctx: Ctx, cookies: string[], by: string): Promise<SignedIn> {
  const { app } = ctx;
  const token = tokenIn(cookies, cookieNamesOf(app.config), app.config.authSecret.reveal());
  const session = token === undefined ? undefined : await findSession(app.db, token);
  if (session === undefined) throw errors.signInRefused();
  const { id, personId } = session;
  const actor = { kind: "person", id: personId, scope: personId, grants: [], credentialId: id };
  await app.db.withTransaction(async (tx) => {
    await noteAddress(tx, personId, addressKeyOf(ctx));
    await endReplaced(tx, ctx);
    await recordDeed(
      tx,
      { ...ctx, actor: { ...actor, kind: "person" } },
      {
        action: "session.started",
        subject: { kind: "session", id },
        after: { by },
      },
    );
  });
  return { state: { status: "signed_in" }, cookies };
}

/** Whoever signs in anew in a browser leaves no session behind in it. */
async function endReplaced(tx: Tx, { actor }: Ctx): Promise<void> {
  if (actor.kind !== "person" || actor.credentialId === undefined) return;
  await endSession(tx, actor.id, actor.credentialId);
}

/** Writes down a try that failed; of an address that nobody has, no more than that. */
export async function noteRefusal(
  ctx: Ctx,
  action: "session.refused" | "second_factor.refused" | "password.refused",
  personId: string | undefined,
): Promise<void> {
  await ctx.app.db.withTransaction((tx) =>
    recordDeed(tx, ctx, { action, subject: { kind: "person", id: personId ?? "unknown" } }),
  );
}

/** The person who is signed in, by their session; throws for a guest, a key and a till. */
export function requirePerson(ctx: Ctx): { readonly id: string; readonly sessionId: string } {
  const { kind, id, credentialId } = ctx.actor;
  if (kind === "guest") throw unauthenticated();
  if (kind !== "person") throw errors.peopleOnly();
  invariant(credentialId !== undefined, "a person who is signed in has a session");
  return { id, sessionId: credentialId };
}

/** Runs what is done with a password shown once more: charged, and told in the same words. */
export async function withPassword<T>(
  ctx: Ctx,
  personId: string,
  judge: () => Promise<T | undefined>,
  wrong: () => AppError,
): Promise<T> {
  const guess: Guess = { kind: "password", account: personId, personId };
  await chargeGuess(ctx, guess);
  const answer = await judge();
  if (answer === undefined) {
    await noteRefusal(ctx, "password.refused", personId);
    throw wrong();
  }
  await forgetGuesses(ctx, guess);
  return answer;
}
