import { authorise } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import * as errors from "../errors.ts";
import type { Account } from "../model/account.ts";
import { clearKeys, erasePerson as erase } from "../queries/admit.ts";
import { forgetAddress, revokeInvitations } from "../queries/invitations.ts";
import { findAccount, findPersonByEmail, queueForMemberships } from "../queries/people.ts";
import { requireAnotherOwner } from "./accounts.ts";

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The person of that id or address. Throws `accounts.not_found` (404). */
export async function findPersonToErase(ctx: Ctx, idOrEmail: string): Promise<Account> {
  authorise(ctx, "accounts.change", null);
  const { db } = ctx.app;
  const given = idOrEmail.toLowerCase();
  const id = idForm.test(given) ? given : (await findPersonByEmail(db, given))?.id;
  const account = id === undefined ? undefined : await findAccount(db, id);
  if (account === undefined) throw errors.accountNotFound();
  return account;
}

/**
 * Erases what tells who a person was: name and address are replaced, here and in invitations, and all
 * they signed in with is gone, with what other modules keep (`also`). The id stays, so what they did
 * stays on the books.
 *
 * Throws `accounts.last_owner` (409).
 */
export async function erasePerson(
  ctx: Ctx,
  { id, email }: Account,
  also: (tx: Tx) => Promise<unknown>,
): Promise<void> {
  authorise(ctx, "accounts.change", null);
  await ctx.app.db.withTransaction(async (tx) => {
    await queueForMemberships(tx);
    await requireAnotherOwner(tx, id);
    await revokeInvitations(tx, { email, invitedBy: id });
    await forgetAddress(tx, email);
    await clearKeys(tx, id);
    await also(tx);
    await erase(tx, id);
    await recordDeed(tx, ctx, { action: "account.erased", subject: { kind: "person", id } });
  });
}
