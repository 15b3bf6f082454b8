import { authorise, permittedSites } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import type { Seen, SharedFilter } from "#platform/db-records.ts";
import { invariant } from "#platform/errors.ts";
import * as errors from "../errors.ts";
import type { Account, AccountPage, AccountPatch } from "../model/account.ts";
import type { Membership } from "../model/parts.ts";
import { revokeInvitations } from "../queries/invitations.ts";
import * as queries from "../queries/people.ts";
import { endSessions } from "../queries/sessions.ts";
import { numbered } from "./google-admission.ts";
import { isShown, requireGivable, requireWithin, shownOf } from "./power.ts";

/** The people of the sites whose people the caller may read. */
export async function listAccounts(ctx: Ctx, query: SharedFilter): Promise<AccountPage> {
  const siteIds = permittedSites(ctx, "accounts.read");
  const page = await queries.listAccounts(ctx.app.db, { ...query, siteIds });
  return { ...page, data: page.data.map((each) => shownOf(each, siteIds)) };
}

/** Throws `accounts.not_found` (404), also for people of other sites. */
export async function getAccount(ctx: Ctx, id: string): Promise<Account> {
  const siteIds = permittedSites(ctx, "accounts.read");
  const account = await queries.findAccount(ctx.app.db, id);
  if (account === undefined || !isShown(account, siteIds)) throw errors.accountNotFound();
  return shownOf(account, siteIds);
}

interface AccountChange extends Seen {
  readonly patch: AccountPatch;
}

/**
 * Changes name or roles of somebody. What they have invited to is void once their roles change.
 *
 * Throws `accounts.not_found`, `accounts.stale`, `accounts.archived`, `accounts.above_own` (403) and
 * `accounts.last_owner` (409).
 */
export function changeAccount(ctx: Ctx, { id, version, patch }: AccountChange): Promise<Account> {
  authorise(ctx, "accounts.change");
  return ctx.app.db.withTransaction(async (tx) => {
    const before = await take(tx, ctx, { id, version });
    if (patch.memberships !== undefined) await reassign(tx, ctx, before, patch.memberships);
    await queries.updatePerson(tx, id, patch.name);
    if (patch.name !== undefined) {
      await recordDeed(tx, ctx, { action: "account.renamed", subject: { kind: "person", id } });
    }
    const after = await queries.findAccount(tx, id);
    invariant(after, "people are never deleted");
    return shownOf(after, permittedSites(ctx, "accounts.read"));
  });
}

async function reassign(
  tx: Tx,
  ctx: Ctx,
  { id, memberships: before }: Account,
  memberships: readonly Membership[],
): Promise<void> {
  await requireGivable(tx, ctx, memberships);
  if (!isOwner(memberships)) await requireAnotherOwner(tx, id);
  await queries.replaceMemberships(tx, id, numbered(memberships));
  await revokeInvitations(tx, { invitedBy: id });
  await recordDeed(tx, ctx, {
    action: "account.roles_changed",
    subject: { kind: "person", id },
    before: { memberships: before },
    after: { memberships },
  });
}

/** Deactivates somebody: their sessions end with it. Throws as `changeAccount` does. */
export async function deactivateAccount(ctx: Ctx, seen: Seen): Promise<void> {
  authorise(ctx, "accounts.change");
  await ctx.app.db.withTransaction(async (tx) => {
    const { id } = await take(tx, ctx, seen);
    await requireAnotherOwner(tx, id);
    await queries.archivePerson(tx, id);
    const ended = await endSessions(tx, id);
    await revokeInvitations(tx, { invitedBy: id });
    await recordDeed(tx, ctx, {
      action: "account.deactivated",
      subject: { kind: "person", id },
      after: { sessionsEnded: ended },
    });
  });
}

/** The account as it is while nobody else changes any; only if the caller may change it. */
async function take(tx: Tx, ctx: Ctx, { id, version }: Seen): Promise<Account> {
  const siteIds = permittedSites(ctx, "accounts.read");
  await queries.queueForMemberships(tx);
  const account = await queries.findAccount(tx, id);
  if (account === undefined || !isShown(account, siteIds)) throw errors.accountNotFound();
  requireWithin(ctx, account.memberships);
  if (account.archived) throw errors.accountArchived();
  if (account.version !== version) throw errors.accountStale();
  return account;
}

function isOwner(memberships: readonly Membership[]): boolean {
  return memberships.some(({ role, siteId }) => role === "owner" && siteId === null);
}

/** Step: the company keeps an owner who can sign in. Throws `accounts.last_owner` (409). */
export async function requireAnotherOwner(tx: Tx, id: string): Promise<void> {
  const owners = await queries.ownerIds(tx);
  if (owners.includes(id) && owners.length === 1) throw errors.lastOwner();
}
