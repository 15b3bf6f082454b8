import { may, type Role, roles } from "#modules/access/index.ts";
import { requireSite, siteUnknown } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import { AppError } from "#platform/errors.ts";
import * as errors from "../errors.ts";
import type { Membership } from "../model/parts.ts";

/**
 * Nobody gives away, or changes somebody who has, more than they have themselves: all of a role's
 * permissions and `accounts.change`, at the site of each membership. Throws `accounts.above_own`
 * (403).
 */
export function requireWithin(ctx: Ctx, memberships: readonly Membership[]): void {
  const isWithin = memberships.every(
    ({ role, siteId }) =>
      may(ctx, "accounts.change", siteId) &&
      roles[role as Role].every((name) => may(ctx, name, siteId)),
  );
  if (!isWithin) throw errors.aboveOwn();
}

/** The same, and they make sense: one role a site, at sites in use. */
export async function requireGivable(
  db: Db,
  ctx: Ctx,
  memberships: readonly Membership[],
): Promise<void> {
  const seen = new Set<string | null>();
  for (const [index, { siteId }] of memberships.entries()) {
    const pointer = `/memberships/${index}/siteId`;
    if (seen.has(siteId)) throw errors.siteTwice(pointer);
    seen.add(siteId);
    if (siteId === null) continue;
    // A site whose people the caller may not see looks like one that is not there.
    if (!may(ctx, "accounts.read", siteId)) throw siteUnknown(pointer);
    await requireKnown(db, siteId, pointer);
  }
  requireWithin(ctx, memberships);
}

async function requireKnown(db: Db, siteId: string, pointer: string): Promise<void> {
  try {
    await requireSite(db, siteId);
  } catch (error) {
    if (error instanceof AppError && error.code === siteUnknown().code) throw siteUnknown(pointer);
    throw error;
  }
}

interface WithMemberships {
  readonly memberships: readonly Membership[];
}

/** Whether somebody who reads the people of these sites sees this; undefined is all sites. */
export function isShown(record: WithMemberships, siteIds: readonly string[] | undefined): boolean {
  return siteIds === undefined || shownOf(record, siteIds).memberships.length > 0;
}

/** Only with the memberships at those sites. */
export function shownOf<T extends WithMemberships>(
  record: T,
  siteIds: readonly string[] | undefined,
): T {
  if (siteIds === undefined) return record;
  const isAt = ({ siteId }: Membership) => siteId !== null && siteIds.includes(siteId);
  return { ...record, memberships: record.memberships.filter(isAt) };
}
