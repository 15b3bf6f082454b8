import type { TSchema } from "@sinclair/typebox";
import type { Ctx } from "#platform/context.ts";
import type { AppError } from "#platform/errors.ts";
import type { Page, SiteScope } from "#platform/page.ts";
import type { Permission } from "../rules/permissions.ts";
import { authorise, authoriseAt, permittedSites } from "./authorise.ts";
import { visible } from "./visible.ts";

export interface ListRules<Query> {
  readonly permission: Permission;
  /** A second one that is needed at the same sites. */
  readonly also?: Permission;
  readonly query: Query;
}

/**
 * A list of records of permitted sites only. One site is asked for as the filter `siteId`, whose
 * plans are better; of a site of others nothing is read at all.
 */
export async function listPermitted<Query extends SiteScope, T>(
  ctx: Ctx,
  { permission, also = permission, query }: ListRules<Query>,
  list: (query: Query) => Promise<Page<T>>,
): Promise<Page<T>> {
  const scoped = scopeOf(query, permittedSites(ctx, permission, also));
  return scoped === undefined ? { data: [], next: null } : list(scoped);
}

/** The same, without what the page's shape guards and the actor may not see. */
export async function listVisible<Query extends SiteScope, T>(
  ctx: Ctx,
  { shape, ...rules }: ListRules<Query> & { readonly shape: TSchema },
  list: (query: Query) => Promise<Page<T>>,
): Promise<Page<T>> {
  return visible(ctx, shape, await listPermitted(ctx, rules, list));
}

function scopeOf<Query extends SiteScope>(
  query: Query,
  sites: readonly string[] | undefined,
): Query | undefined {
  if (sites === undefined) return query;
  if (query.siteId !== undefined) return sites.includes(query.siteId) ? query : undefined;
  return sites.length === 1 ? { ...query, siteId: sites[0] } : { ...query, siteIds: sites };
}

export interface RecordRules {
  readonly permission: Permission;
  readonly shape: TSchema;
  readonly missing: () => AppError;
}

/** A record of one site as this actor may see it. That of another site looks missing. */
export async function getVisible<T extends { readonly siteId: string }>(
  ctx: Ctx,
  { permission, shape, missing }: RecordRules,
  find: () => Promise<T | undefined>,
): Promise<T> {
  authorise(ctx, permission);
  const found = await find();
  if (found === undefined) throw missing();
  authoriseAt(ctx, permission, found.siteId, { read: permission, missing });
  return visible(ctx, shape, found);
}
