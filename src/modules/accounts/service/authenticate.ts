import { grantsOf } from "#modules/access/index.ts";
import type { Actor, App } from "#platform/context.ts";
import { readCookie } from "#platform/cookies.ts";
import { findSession, touchSession } from "../queries/sessions.ts";
import { cookieNamesOf, readSigned } from "../rules/cookies.ts";

/**
 * The person whose session a Cookie header shows; undefined without one, and for one that is
 * forged, ended or expired, as browsers keep such. One look-up; once a minute the session is marked
 * as used.
 */
export async function authenticateSession(
  app: App,
  cookieHeader: string | null,
): Promise<Actor | undefined> {
  const value = readCookie(cookieHeader, cookieNamesOf(app.config).session);
  const token = readSigned(value, app.config.authSecret.reveal());
  if (token === undefined) return undefined;
  const session = await findSession(app.db, token);
  if (session === undefined) return undefined;
  if (session.isStale) await app.db.withTransaction((tx) => touchSession(tx, session.id));
  return {
    kind: "person",
    id: session.personId,
    scope: session.personId,
    grants: grantsOf(session.memberships),
    credentialId: session.id,
  };
}
