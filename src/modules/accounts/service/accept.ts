import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { Acceptance, Invitation } from "../model/account.ts";
import * as admit from "../queries/admit.ts";
import * as queries from "../queries/invitations.ts";
import {
  listSiteNames,
  ownerIds,
  queueForMemberships,
  replaceMemberships,
} from "../queries/people.ts";
import { hashOfLinkToken } from "../rules/links.ts";
import { numbered } from "./google-admission.ts";
import { hashNewPassword } from "./passwords.ts";
import { type Browser, type SignedIn, signIn } from "./sign-in.ts";

/** The invitation behind a link, for the page that asks for a name and a password; not spent by it. */
export async function readInvitation(ctx: Ctx, token: string): Promise<Invitation> {
  const invitation = await queries.findOpenInvitation(ctx.app.db, hashOfLinkToken(token));
  if (invitation === undefined) throw errors.invitationOver();
  return invitation;
}

/**
 * Becomes somebody by the link of an invitation, once, and signs them in.
 *
 * Throws `accounts.invitation_over` (404), `accounts.email_missing` and `accounts.email_given` (422),
 * `accounts.email_known` (409) and what a password can be refused for.
 */
export async function acceptInvitation(ctx: Ctx, input: Acceptance & Browser): Promise<SignedIn> {
  const hash = hashOfLinkToken(input.token);
  const open = await readInvitation(ctx, input.token);
  const email = emailOf(open, input);
  const { name, password, userAgent } = input;
  // Before the transaction: it takes a tenth of a second, and the link is looked at again in it.
  const siteNames = await listSiteNames(ctx.app.db);
  const passwordHash = await hashNewPassword(password, { email, name, siteNames });
  await ctx.app.db.withTransaction(async (tx) => {
    await queueForMemberships(tx);
    const invitation = await queries.takeInvitation(tx, hash);
    if (invitation === undefined) throw errors.invitationOver();
    if (invitation.email === null && (await ownerIds(tx)).length > 0) throw errors.invitationOver();
    const personId = await admitPerson(tx, { name, email, passwordHash }, invitation.memberships);
    await queries.acceptInvitation(tx, invitation.id, personId);
    await queries.revokeInvitations(tx, { email });
    await recordDeed(
      tx,
      { ...ctx, actor: { ...ctx.actor, kind: "person", id: personId } },
      {
        action: "invitation.accepted",
        subject: { kind: "invitation", id: invitation.id },
        after: { personId, memberships: invitation.memberships, by: "password" },
      },
    );
  });
  return signIn(ctx, { email, password, userAgent });
}

function emailOf(invitation: Invitation, { email }: Acceptance): string {
  if (invitation.email === null) {
    if (email === undefined) throw errors.emailMissing();
    return email.toLowerCase();
  }
  if (email !== undefined && email.toLowerCase() !== invitation.email) throw errors.emailGiven();
  return invitation.email;
}

/** Step: a person who can sign in with a password. Throws `accounts.email_known` (409). */
export async function admitPerson(
  tx: Tx,
  person: { readonly name: string; readonly email: string; readonly passwordHash: string },
  memberships: Invitation["memberships"],
): Promise<string> {
  const { name, email, passwordHash } = person;
  const id = await admit.insertPerson(tx, { id: newId(), name, email });
  if (id === undefined) throw errors.emailKnown();
  await admit.insertPassword(tx, newId(), id, passwordHash);
  await replaceMemberships(tx, id, numbered(memberships));
  return id;
}
