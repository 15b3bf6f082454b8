import type { Ctx } from "#platform/context.ts";
import type { AppError } from "#platform/errors.ts";
import * as errors from "../errors.ts";
import { mayDo, sitesOf } from "../rules/grants.ts";
import type { Permission } from "../rules/permissions.ts";

/**
 * Asks for a permission, before anything is read; every use case begins with it. Without a site it
 * is enough to have it somewhere: what of the answer is then shown depends on `permittedSites` or
 * on a second call with the record's site. With null it must be held for the whole company.
 *
 * Throws `access.unauthenticated` (401), and `access.forbidden` (403), which never depends on
 * whether a record exists.
 */
export function authorise(ctx: Ctx, permission: Permission, siteId?: null): void {
  if (mayDo(ctx.actor, permission, siteId)) return;
  throw ctx.actor.kind === "guest" ? errors.unauthenticated() : errors.forbidden();
}

/** What a caller gets in place of a record that is not theirs to see. */
export interface Hidden {
  /** The permission with which the record could be seen. */
  readonly read: Permission;
  /** What is thrown when there is no such record at all. */
  readonly missing: () => AppError;
}

/**
 * The same for the site a record or a command names. Whoever may see the record but not do this
 * gets `access.forbidden` (403); to anybody else it looks like what does not exist.
 */
export function authoriseAt(
  ctx: Ctx,
  permission: Permission,
  siteId: string,
  hidden: Hidden,
): void {
  authorise(ctx, permission);
  if (mayDo(ctx.actor, permission, siteId)) return;
  throw mayDo(ctx.actor, hidden.read, siteId) ? errors.forbidden() : hidden.missing();
}

/** The same for a record that stands at several sites, all of them given: one is enough. */
export function authoriseAtAny(
  ctx: Ctx,
  permission: Permission,
  siteIds: readonly string[],
  hidden: Hidden,
): void {
  authorise(ctx, permission);
  const isHeld = (name: Permission) => siteIds.some((siteId) => mayDo(ctx.actor, name, siteId));
  if (isHeld(permission)) return;
  throw isHeld(hidden.read) ? errors.forbidden() : hidden.missing();
}

/** The same for what takes effect at several sites: it must be held at each of them. */
export function authoriseAtAll(ctx: Ctx, permission: Permission, siteIds: readonly string[]): void {
  authorise(ctx, permission);
  if (!siteIds.every((siteId) => mayDo(ctx.actor, permission, siteId))) throw errors.forbidden();
}

/** Whether this actor may do it there, for what shows more or less of an answer. */
export function may(ctx: Ctx, permission: Permission, siteId?: string | null): boolean {
  return mayDo(ctx.actor, permission, siteId);
}

/**
 * The sites to which a list keeps: where all of the permissions are held; undefined is every site.
 * Asks for them first.
 */
export function permittedSites(
  ctx: Ctx,
  ...needed: readonly [Permission, ...Permission[]]
): readonly string[] | undefined {
  for (const permission of needed) authorise(ctx, permission);
  const limits = needed.flatMap((permission) => {
    const sites = sitesOf(ctx.actor, permission);
    return sites === undefined ? [] : [sites];
  });
  const [first, ...others] = limits;
  return first?.filter((siteId) => others.every((sites) => sites.includes(siteId)));
}
