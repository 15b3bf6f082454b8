import type { Actor, Grant } from "#platform/context.ts";
import { type Permission, type Role, roles } from "./permissions.ts";

/** A role somebody has at a site, or with null at every site. */
export interface Membership {
  readonly role: Role;
  readonly siteId: string | null;
}

const setOf = new Map<Role, ReadonlySet<string>>(
  Object.entries(roles).map(([role, names]) => [role as Role, new Set<string>(names)]),
);

const none: ReadonlySet<string> = new Set();

export function grantsOf(memberships: readonly Membership[]): Grant[] {
  return memberships.map(({ role, siteId }) => ({ siteId, permissions: setOf.get(role) ?? none }));
}

/**
 * Whether the actor may do it at that site; with null for the whole company; without a site,
 * anywhere at all.
 */
export function mayDo(actor: Actor, permission: Permission, siteId?: string | null): boolean {
  if (actor.kind === "system") return true;
  return actor.grants.some(
    (grant) =>
      grant.permissions.has(permission) &&
      (siteId === undefined || grant.siteId === null || grant.siteId === siteId),
  );
}

/** The sites at which the actor may do it; undefined is every site. */
export function sitesOf(actor: Actor, permission: Permission): readonly string[] | undefined {
  if (actor.kind === "system") return undefined;
  const granted = actor.grants.filter((grant) => grant.permissions.has(permission));
  const sites = granted.flatMap(({ siteId }) => siteId ?? []);
  return sites.length < granted.length ? undefined : [...new Set(sites)];
}
