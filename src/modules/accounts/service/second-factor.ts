import { createHmac } from "node:crypto";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import { readCookie } from "#platform/cookies.ts";
import * as errors from "../errors.ts";
import type { PasswordProof, SecondFactorCode, SecondFactorSetup } from "../model/session.ts";
import { takeCode } from "../queries/failures.ts";
import { findPerson, removeSecondFactor } from "../queries/people.ts";
import { findChallenged } from "../queries/sessions.ts";
import { cookieNamesOf, ownCookies, readSigned } from "../rules/cookies.ts";
import { chargeGuess, forgetGuesses, type Guess } from "./guesses.ts";
import { verifyPassword } from "./hashing.ts";
import { headersOf, libraryOf } from "./library.ts";
import {
  type Browser,
  noteRefusal,
  requirePerson,
  type SignedIn,
  startSession,
  unlessRefused,
  withPassword,
} from "./sign-in.ts";

interface Cookies {
  /** The Cookie header. */
  readonly cookie: string | null;
}

const totpForm = /^\d{6}$/;

/**
 * Ends a sign-in that waits for its second factor: a code of the app, good once, or a backup code.
 *
 * Throws `accounts.challenge_over` (401) if none waits, `accounts.code_wrong` (401) and
 * `accounts.locked` (429).
 */
export async function passSecondFactor(
  ctx: Ctx,
  { code: given, cookie, userAgent }: SecondFactorCode & Cookies & Browser,
): Promise<SignedIn> {
  const names = cookieNamesOf(ctx.app.config);
  const value = readCookie(cookie, names.secondFactor);
  const challenge = readSigned(value, ctx.app.config.authSecret.reveal());
  const personId = challenge && (await findChallenged(ctx.app.db, challenge));
  if (!personId) throw errors.challengeOver();
  const guess: Guess = { kind: "code", account: personId, personId };
  await chargeGuess(ctx, guess);
  const code = given.replaceAll(/\s/g, "");
  const headers = headersOf(ctx, { userAgent, cookie: `${names.secondFactor}=${value}` });
  const answer = await unlessUnreadable(ctx, judgeCode(ctx, personId, code, headers));
  if (answer === undefined) {
    await noteRefusal(ctx, "second_factor.refused", personId);
    throw errors.codeWrong();
  }
  await forgetGuesses(ctx, guess);
  const by = totpForm.test(code) ? "app" : "backup_code";
  return startSession(ctx, ownCookies(answer.headers, names), by);
}

async function judgeCode(ctx: Ctx, personId: string, code: string, headers: Headers) {
  const { api } = libraryOf(ctx.app);
  if (!totpForm.test(code)) {
    const body = { code };
    return unlessRefused(api.verifyBackupCode({ body, headers, returnHeaders: true }));
  }
  // The library would take the same code again while it lasts.
  if (!(await isFirstUse(ctx, personId, code))) return undefined;
  return unlessRefused(api.verifyTOTP({ body: { code }, headers, returnHeaders: true }));
}

/** What another AUTH_SECRET has encrypted is as good as gone: no code of it is right any more. */
async function unlessUnreadable<T>(
  { log }: Ctx,
  judging: Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await judging;
  } catch (error) {
    if (!(error instanceof Error) || error.message !== "invalid tag") throw error;
    log.error(
      "A second factor cannot be read: AUTH_SECRET was replaced since it was set up",
      error,
    );
    return undefined;
  }
}

function isFirstUse(ctx: Ctx, personId: string, code: string): Promise<boolean> {
  const text = `code ${personId} ${code}`;
  const secret = ctx.app.config.authSecret.reveal();
  const subject = `used:${createHmac("sha256", secret).update(text).digest("hex")}`;
  return ctx.app.db.withTransaction((tx) => takeCode(tx, subject));
}

/**
 * Makes a second factor, off until its first code; what was set up and never confirmed is replaced.
 *
 * Throws `accounts.password_wrong`, `accounts.second_factor_on` and `accounts.locked`.
 */
export async function setUpSecondFactor(
  ctx: Ctx,
  { password, cookie }: PasswordProof & Cookies,
): Promise<SecondFactorSetup> {
  const { id } = requirePerson(ctx);
  if ((await findPerson(ctx.app.db, id))?.secondFactor === true) throw errors.secondFactorOn();
  const { api } = libraryOf(ctx.app);
  const headers = headersOf(ctx, { cookie: sessionCookie(ctx, cookie) });
  const made = await withPassword(
    ctx,
    id,
    () => unlessRefused(api.enableTwoFactor({ body: { password, method: "totp" }, headers })),
    () => errors.passwordWrong("/password"),
  );
  if (made.method !== "totp") throw new Error("The library made another kind of second factor");
  return { uri: made.totpURI, backupCodes: made.backupCodes };
}

/**
 * Turns the second factor on with its first code. The session goes on under another cookie.
 *
 * Throws `accounts.code_wrong` (422), also if none was set up, and `accounts.second_factor_on`.
 */
export async function confirmSecondFactor(
  ctx: Ctx,
  { code: given, cookie, userAgent }: SecondFactorCode & Cookies & Browser,
): Promise<SignedIn> {
  const { id } = requirePerson(ctx);
  if ((await findPerson(ctx.app.db, id))?.secondFactor === true) throw errors.secondFactorOn();
  const guess: Guess = { kind: "code", account: id, personId: id };
  await chargeGuess(ctx, guess);
  const code = given.replaceAll(/\s/g, "");
  const headers = headersOf(ctx, { userAgent, cookie: sessionCookie(ctx, cookie) });
  const answer = (await isFirstUse(ctx, id, code))
    ? await unlessRefused(
        libraryOf(ctx.app).api.verifyTOTP({ body: { code }, headers, returnHeaders: true }),
      )
    : undefined;
  if (answer === undefined) throw errors.confirmationWrong();
  await forgetGuesses(ctx, guess);
  await ctx.app.db.withTransaction((tx) =>
    recordDeed(tx, ctx, {
      action: "second_factor.turned_on",
      subject: { kind: "person", id },
    }),
  );
  const cookies = ownCookies(answer.headers, cookieNamesOf(ctx.app.config));
  return { state: { status: "signed_in" }, cookies };
}

/** Turns the second factor off. Throws `accounts.password_wrong` and `accounts.locked`. */
export async function turnOffSecondFactor(ctx: Ctx, { password }: PasswordProof): Promise<void> {
  const { id } = requirePerson(ctx);
  await withPassword(
    ctx,
    id,
    () => hashIfRight(ctx, id, password),
    () => errors.passwordWrong("/password"),
  );
  await ctx.app.db.withTransaction(async (tx) => {
    await removeSecondFactor(tx, id);
    await recordDeed(tx, ctx, {
      action: "second_factor.turned_off",
      subject: { kind: "person", id },
    });
  });
}

/** The stored hash of a person's password, if this is it. */
export async function hashIfRight(
  ctx: Ctx,
  personId: string,
  password: string,
): Promise<string | undefined> {
  const person = await findPerson(ctx.app.db, personId);
  const hash = person?.passwordHash ?? undefined;
  if (hash === undefined) return undefined;
  return (await verifyPassword({ hash, password })) ? hash : undefined;
}

function sessionCookie(ctx: Ctx, header: string | null): string {
  const { session } = cookieNamesOf(ctx.app.config);
  return `${session}=${readCookie(header, session) ?? ""}`;
}
