import {
  authorise,
  forbidden,
  may,
  type Permission,
  permittedSites,
} from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { requireSite, siteUnknown } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf, type Db } from "#platform/db.ts";
import type { Seen } from "#platform/db-records.ts";
import { AppError } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import type { PageQuery } from "#platform/page.ts";
import * as errors from "../errors.ts";
import type { ApiKey, ApiKeyPage, IssuedKey, KeyPatch, NewKey } from "../model.ts";
import * as queries from "../queries.ts";
import { hashOfKey, newKey, prefixOf } from "../rules.ts";

const subject = (id: string) => ({ kind: "key", id });

/**
 * Issues a key, whose secret is in this answer and nowhere else. Throws `keys.scope_exceeds` (403)
 * for a permission its maker does not have at each of its sites, `sites.site_unknown` (422) for a
 * site that is not theirs, `keys.expiry` (422) and `keys.id_taken` (409).
 */
export async function issueKey(ctx: Ctx, input: NewKey): Promise<IssuedKey> {
  refuseExcess(ctx, input);
  const { id = newId(), name, scopes, siteIds = null, expiresAt = null } = input;
  const key = newKey();
  const parts = { prefix: prefixOf(key), hash: hashOfKey(key), createdBy: ctx.actor.id };
  const issued = await idNamed(() =>
    ctx.app.db.withTransaction(async (tx) => {
      for (const [index, siteId] of (siteIds ?? []).entries()) await requireIn(tx, siteId, index);
      const added = await queries.insertKey(tx, { id, name, scopes, siteIds, expiresAt, ...parts });
      if (added === undefined) throw errors.expiryPassed();
      const after = { scopes, siteIds, expiresAt: added.expiresAt };
      await recordDeed(tx, ctx, { action: "key.issued", subject: subject(id), after });
      return added;
    }),
  );
  return { ...issued, key };
}

/** What the maker lacks, the key does not get: what they may not do, and sites that are not theirs. */
function refuseExcess(ctx: Ctx, { siteIds, scopes }: NewKey): void {
  authorise(ctx, "keys.change", siteIds === undefined ? null : undefined);
  siteIds?.forEach((siteId, index) => {
    if (!may(ctx, "keys.change", siteId)) throw siteUnknown(`/siteIds/${index}`);
  });
  for (const [index, scope] of scopes.entries()) {
    if (!mayAtAll(ctx, scope, siteIds ?? null)) throw errors.scopeExceeds(index);
  }
}

function mayAtAll(ctx: Ctx, permission: Permission, siteIds: readonly string[] | null): boolean {
  return (siteIds ?? [null]).every((siteId) => may(ctx, permission, siteId));
}

async function requireIn(db: Db, siteId: string, index: number): Promise<void> {
  try {
    await requireSite(db, siteId);
  } catch (error) {
    throw error instanceof AppError && error.kind === "invalid"
      ? siteUnknown(`/siteIds/${index}`)
      : error;
  }
}

async function idNamed<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw constraintOf(error) === "keys_pkey" ? errors.keyIdTaken(error) : error;
  }
}

/**
 * Throws `keys.not_found` (404), also for a key of a site where the caller does not read keys.
 * Revoked and expired keys are found.
 */
export async function getKey(ctx: Ctx, id: string): Promise<ApiKey> {
  authorise(ctx, "keys.read");
  return seen(ctx, ctx.app.db, id, "keys.read");
}

/** Keys, revoked and expired ones too, by id: those all of whose sites the caller reads keys at. */
export async function listKeys(ctx: Ctx, query: PageQuery): Promise<ApiKeyPage> {
  const sites = permittedSites(ctx, "keys.read");
  return queries.listKeys(ctx.app.db, query, sites);
}

/** A key that the caller may do this to; one they may not even read looks missing. */
async function seen(ctx: Ctx, db: Db, id: string, permission: Permission): Promise<ApiKey> {
  const key = await queries.findKey(db, id);
  if (key === undefined) throw errors.keyNotFound();
  if (mayAtAll(ctx, permission, key.siteIds)) return key;
  throw mayAtAll(ctx, "keys.read", key.siteIds) ? forbidden() : errors.keyNotFound();
}

export interface KeyChange extends Seen {
  readonly patch: KeyPatch;
}

/** Renames a key. Throws `keys.stale` (412) and `keys.revoked` (409). */
export async function changeKey(ctx: Ctx, change: KeyChange): Promise<ApiKey> {
  authorise(ctx, "keys.change");
  const { id, patch } = change;
  return ctx.app.db.withTransaction(async (tx) => {
    const before = await seen(ctx, tx, id, "keys.change");
    const changed = await queries.renameKey(tx, change, patch.name);
    if (changed === undefined) throw before.revokedAt ? errors.keyRevoked() : errors.keyStale();
    // Names are free text: the audit says that it changed, not from what to what.
    await recordDeed(tx, ctx, { action: "key.renamed", subject: subject(id) });
    return changed;
  });
}

/** From now on the key opens nothing. Twice is once. */
export async function revokeKey(ctx: Ctx, id: string): Promise<void> {
  authorise(ctx, "keys.change");
  await ctx.app.db.withTransaction(async (tx) => {
    const { scopes, siteIds } = await seen(ctx, tx, id, "keys.change");
    if (!(await queries.revokeKey(tx, id))) return;
    const before = { scopes, siteIds };
    await recordDeed(tx, ctx, { action: "key.revoked", subject: subject(id), before });
  });
}
