import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import { invariant } from "#platform/errors.ts";
import * as errors from "../errors.ts";
import type { PasswordChange } from "../model/session.ts";
import { findPerson, listSiteNames, replacePassword } from "../queries/people.ts";
import { endSessions } from "../queries/sessions.ts";
import { flawOf, type PasswordOwner } from "../rules/passwords.ts";
import { hashPassword } from "./hashing.ts";
import { hashIfRight } from "./second-factor.ts";
import { requirePerson, withPassword } from "./sign-in.ts";

/**
 * Changes one's own password; all other sessions end with the old one.
 *
 * Throws `accounts.password_wrong`, `accounts.password_common`, `accounts.password_personal` (422) and
 * `accounts.locked` (429).
 */
export async function changePassword(
  ctx: Ctx,
  { currentPassword, newPassword }: PasswordChange,
): Promise<void> {
  const { id, sessionId } = requirePerson(ctx);
  const wrong = () => errors.passwordWrong("/currentPassword");
  const old = await withPassword(ctx, id, () => hashIfRight(ctx, id, currentPassword), wrong);
  const person = await findPerson(ctx.app.db, id);
  invariant(person, "people are never deleted");
  const siteNames = await listSiteNames(ctx.app.db);
  const hash = await hashNewPassword(newPassword, { ...person, siteNames }, "/newPassword");
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await replacePassword(tx, id, old, hash))) throw wrong();
    const ended = await endSessions(tx, id, sessionId);
    await recordDeed(tx, ctx, {
      action: "password.changed",
      subject: { kind: "person", id },
      after: { sessionsEnded: ended },
    });
  });
}

/**
 * Step: the person who asks shows their password once more, before they change what they are known
 * by. Who comes by Google alone has none to show.
 *
 * Throws `accounts.password_missing` and `accounts.password_wrong` (422), and `accounts.locked` (429).
 */
export async function requirePassword(
  ctx: Ctx,
  personId: string,
  { password, pointer }: { readonly password: string | undefined; readonly pointer: string },
): Promise<void> {
  const person = await findPerson(ctx.app.db, personId);
  if (person === undefined || person.passwordHash === null) return;
  if (password === undefined) throw errors.passwordMissing(pointer);
  const wrong = () => errors.passwordWrong(pointer);
  await withPassword(ctx, personId, () => hashIfRight(ctx, personId, password), wrong);
}

/** The hash to store of a new password; throws for one that is guessed first. */
export async function hashNewPassword(
  password: string,
  owner: PasswordOwner,
  pointer = "/password",
): Promise<string> {
  const flaw = flawOf(password, owner, await commonPasswords());
  if (flaw === "common") throw errors.passwordCommon(pointer);
  if (flaw === "personal") throw errors.passwordPersonal(pointer);
  return hashPassword(password);
}

let common: Promise<ReadonlySet<string>> | undefined;

// Fifty thousand words that few processes ever need: read when the first password is chosen.
function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import("@zxcvbn-ts/language-common").then(
    ({ dictionary }) => new Set(dictionary["passwords-common"].map((word) => word.toLowerCase())),
  );
  return common;
}
