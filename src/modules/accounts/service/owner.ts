import { authorise } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import type { Membership } from "../model/parts.ts";
import * as queries from "../queries/invitations.ts";
import { listSiteNames, ownerIds, queueForMemberships } from "../queries/people.ts";
import { hashOfLinkToken, invitationPath, newLinkToken } from "../rules/links.ts";
import { admitPerson } from "./accept.ts";
import { hashNewPassword } from "./passwords.ts";

const ownerLinkHours = 24;

/**
 * The path of a link with which the first owner is created, once, within 24 hours; it takes the place
 * of those made before. Undefined if there is an owner who can sign in.
 */
export function makeOwnerLink(ctx: Ctx): Promise<string | undefined> {
  authorise(ctx, "accounts.change", null);
  const token = newLinkToken();
  return ctx.app.db.withTransaction(async (tx) => {
    await queueForMemberships(tx);
    if ((await ownerIds(tx)).length > 0) return undefined;
    await queries.revokeOwnerInvitations(tx);
    const { id } = await queries.insertInvitation(tx, {
      id: newId(),
      email: null,
      memberships: [{ role: "owner", siteId: null }],
      tokenHash: hashOfLinkToken(token),
      invitedBy: ctx.actor.id,
      hours: ownerLinkHours,
    });
    await recordDeed(tx, ctx, {
      action: "invitation.made",
      subject: { kind: "invitation", id },
      after: { memberships: [{ role: "owner", siteId: null }] },
    });
    return invitationPath(token);
  });
}

interface AddedPerson {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly memberships: readonly Membership[];
}

/**
 * Puts somebody in without an invitation, for the demo. Throws `accounts.email_known` (409) if they
 * are there already.
 */
export async function addPerson(ctx: Ctx, given: AddedPerson): Promise<void> {
  authorise(ctx, "accounts.change", null);
  const { name, email, password, memberships } = given;
  const siteNames = await listSiteNames(ctx.app.db);
  const passwordHash = await hashNewPassword(password, { name, email, siteNames });
  await ctx.app.db.withTransaction(async (tx) => {
    await queueForMemberships(tx);
    const id = await admitPerson(tx, { name, email, passwordHash }, [...memberships]);
    await recordDeed(tx, ctx, {
      action: "account.added",
      subject: { kind: "person", id },
      after: { memberships },
    });
  });
}
