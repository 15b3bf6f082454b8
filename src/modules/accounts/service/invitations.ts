import { authorise, permittedSites } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import type { PageQuery } from "#platform/page.ts";
import * as errors from "../errors.ts";
import type {
  Invitation,
  InvitationMade,
  InvitationPage,
  NewInvitation,
} from "../model/account.ts";
import * as queries from "../queries/invitations.ts";
import { findPersonByEmail, queueForMemberships } from "../queries/people.ts";
import { hashOfLinkToken, invitationPath, newLinkToken } from "../rules/links.ts";
import { isShown, requireGivable, requireWithin, shownOf } from "./power.ts";

const invitationHours = 7 * 24;

/**
 * Invites an address to become somebody with these roles, within seven days. The answer alone holds
 * the link.
 *
 * Throws `accounts.above_own` (403), `accounts.email_known` (409), `accounts.site_twice` and
 * `sites.site_unknown` (422).
 */
export async function invite(ctx: Ctx, input: NewInvitation): Promise<InvitationMade> {
  authorise(ctx, "accounts.change");
  const email = input.email.toLowerCase();
  const token = newLinkToken();
  const made = await ctx.app.db.withTransaction(async (tx) => {
    await queueForMemberships(tx);
    await requireGivable(tx, ctx, input.memberships);
    const known = await findPersonByEmail(tx, email);
    if (known && !known.archived && known.passwordHash !== null) throw errors.emailKnown();
    const invitation = await queries.insertInvitation(tx, {
      id: newId(),
      email,
      memberships: input.memberships,
      tokenHash: hashOfLinkToken(token),
      invitedBy: ctx.actor.id,
      hours: invitationHours,
    });
    await recordDeed(tx, ctx, {
      action: "invitation.made",
      subject: { kind: "invitation", id: invitation.id },
      after: { memberships: input.memberships },
    });
    return invitation;
  });
  return { ...made, link: `${ctx.app.config.publicUrl}${invitationPath(token)}` };
}

/** Invitations to the sites whose people the caller may read. */
export async function listInvitations(ctx: Ctx, query: PageQuery): Promise<InvitationPage> {
  const siteIds = permittedSites(ctx, "accounts.read");
  const page = await queries.listInvitations(ctx.app.db, { ...query, siteIds });
  return { ...page, data: page.data.map((each) => shownOf(each, siteIds)) };
}

/** Throws `accounts.invitation_not_found` (404), also where it is to sites of others. */
export async function getInvitation(ctx: Ctx, id: string): Promise<Invitation> {
  const siteIds = permittedSites(ctx, "accounts.read");
  const invitation = await queries.findInvitation(ctx.app.db, id);
  if (invitation === undefined || !isShown(invitation, siteIds)) throw errors.invitationNotFound();
  return shownOf(invitation, siteIds);
}

/** Takes an invitation back. Throws `accounts.invitation_closed` (409) if that is too late. */
export async function revokeInvitation(ctx: Ctx, id: string): Promise<void> {
  authorise(ctx, "accounts.change");
  const siteIds = permittedSites(ctx, "accounts.read");
  await ctx.app.db.withTransaction(async (tx) => {
    const invitation = await queries.lockInvitation(tx, id);
    if (!invitation || !isShown(invitation, siteIds)) throw errors.invitationNotFound();
    requireWithin(ctx, invitation.memberships);
    if (["accepted", "revoked"].includes(invitation.state)) throw errors.invitationClosed();
    await queries.revokeInvitation(tx, id);
    await recordDeed(tx, ctx, {
      action: "invitation.revoked",
      subject: { kind: "invitation", id },
    });
  });
}
