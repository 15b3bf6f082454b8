import { type Permission, permissionNames, unauthenticated } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { PageQuery } from "#platform/page.ts";
import * as errors from "../errors.ts";
import type { Me, OwnSessionPage } from "../model/session.ts";
import { findAccount } from "../queries/people.ts";
import * as queries from "../queries/sessions.ts";
import { cookieNamesOf, expired } from "../rules/cookies.ts";
import { requirePerson } from "./sign-in.ts";

/** Who asks and what they may do. Throws `access.unauthenticated` (401) for a guest. */
export async function whoAmI(ctx: Ctx): Promise<Me> {
  const { kind, id, grants } = ctx.actor;
  if (kind === "guest") throw unauthenticated();
  const isPerson = kind === "person" || kind === "till";
  const account = isPerson ? await findAccount(ctx.app.db, id) : undefined;
  return {
    kind,
    id,
    person: account ? { id, name: account.name, email: account.email } : null,
    memberships: account?.memberships ?? [],
    grants: grants.map(({ siteId, permissions }) => ({
      siteId,
      permissions: permissionNames.filter((name: Permission) => permissions.has(name)),
    })),
    secondFactor: account?.secondFactor ?? false,
  };
}

/** The caller's own sessions that are in force; a key and a till have none. */
export async function listOwnSessions(ctx: Ctx, query: PageQuery): Promise<OwnSessionPage> {
  if (["key", "till"].includes(ctx.actor.kind)) return { data: [], next: null };
  const { id, sessionId } = requirePerson(ctx);
  return queries.listSessions(ctx.app.db, id, sessionId, query);
}

/** Ends one of the caller's sessions. Throws `accounts.session_not_found` (404). */
export async function endOwnSession(ctx: Ctx, sessionId: string): Promise<void> {
  const { id } = requirePerson(ctx);
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await queries.endSession(tx, id, sessionId))) throw errors.sessionNotFound();
    await recordDeed(tx, ctx, {
      action: "session.ended",
      subject: { kind: "session", id: sessionId },
    });
  });
}

/** Signs out: ends the session that asks. Returns the cookies that make the browser forget it. */
export async function signOut(ctx: Ctx): Promise<string[]> {
  await endOwnSession(ctx, requirePerson(ctx).sessionId);
  return forgetting(ctx);
}

/** Signs out everywhere, here too. */
export async function signOutEverywhere(ctx: Ctx): Promise<string[]> {
  const { id } = requirePerson(ctx);
  await ctx.app.db.withTransaction(async (tx) => {
    const ended = await queries.endSessions(tx, id);
    await recordDeed(tx, ctx, {
      action: "session.all_ended",
      subject: { kind: "person", id },
      after: { sessionsEnded: ended },
    });
  });
  return forgetting(ctx);
}

function forgetting(ctx: Ctx): string[] {
  const names = cookieNamesOf(ctx.app.config);
  return [expired(names.session, names), expired(names.secondFactor, names)];
}
