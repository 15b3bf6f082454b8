import type { GoogleProfile } from "better-auth/social-providers";
import { recordDeed } from "#modules/audit/index.ts";
import { type App, type Ctx, SYSTEM_ACTOR } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import type { Membership } from "../model/parts.ts";
import * as admit from "../queries/admit.ts";
import * as invitations from "../queries/invitations.ts";
import { queueForMemberships, replaceMemberships } from "../queries/people.ts";

const nameLengthMax = 120;

/**
 * Makes a person of somebody who comes from Google with an address that has an open invitation; for
 * everybody else nothing is made, and the library lets in only those who are here already.
 */
export async function admitByGoogle(app: App, profile: GoogleProfile): Promise<void> {
  if (profile.email_verified !== true) return;
  const email = profile.email.toLowerCase();
  await app.db.withTransaction(async (tx) => {
    await queueForMemberships(tx);
    const invitation = await invitations.takeInvitationOf(tx, email);
    if (invitation === undefined) return;
    const name = (profile.name || email).slice(0, nameLengthMax);
    const personId = await admit.insertPerson(tx, { id: newId(), name, email });
    if (personId === undefined) return;
    await admit.insertGoogle(tx, newId(), personId, profile.sub);
    await replaceMemberships(tx, personId, numbered(invitation.memberships));
    await invitations.acceptInvitation(tx, invitation.id, personId);
    await invitations.revokeInvitations(tx, { email });
    await recordDeed(tx, ctxOf(app, personId), {
      action: "invitation.accepted",
      subject: { kind: "invitation", id: invitation.id },
      after: { personId, memberships: invitation.memberships, by: "google" },
    });
  });
}

/** Each with an id of its own. */
export function numbered(memberships: readonly Membership[]) {
  return memberships.map((each) => ({ ...each, id: newId() }));
}

// The library calls back without a request.
function ctxOf(app: App, personId: string): Ctx {
  const traceId = newId().replaceAll("-", "");
  const actor = { ...SYSTEM_ACTOR, kind: "person", id: personId, scope: personId } as const;
  return { app, actor, traceId, log: app.log.with({ traceId }), now: app.now };
}
