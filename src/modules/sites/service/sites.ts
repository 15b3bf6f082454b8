import type { Ctx } from "#platform/context.ts";
import { constraintOf, type Db, stateOf, type Tx } from "#platform/db.ts";
import type { Seen, SharedFilter } from "#platform/db-records.ts";
import { invariant } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type {
  NewSite,
  NewTill,
  Site,
  SitePage,
  SitePatch,
  Till,
  TillPage,
  TillPatch,
} from "../model.ts";
import * as queries from "../queries/sites.ts";
import { isZone } from "../rules.ts";

/** A change of a shared record: which one, as of which version, and what. */
export interface Change<T> extends Seen {
  readonly patch: T;
}

/**
 * Opens a site. Throws `sites.site_name_taken`, `sites.site_id_taken` and, for a zone nobody knows,
 * `sites.zone`.
 */
export async function openSite(ctx: Ctx, input: NewSite): Promise<Site> {
  if (!isZone(input.zone)) throw errors.zoneUnknown();
  const site = { ...input, id: input.id ?? newId() };
  return named(() => ctx.app.db.withTransaction((tx) => queries.insertSite(tx, site)));
}

/** Throws `sites.site_not_found` (404). Archived sites are found. */
export async function getSite(ctx: Ctx, id: string): Promise<Site> {
  const site = await queries.findSite(ctx.app.db, id);
  if (site === undefined) throw errors.siteNotFound();
  return site;
}

/** Sites in use, or the archived ones, by id. */
export function listSites(ctx: Ctx, query: SharedFilter): Promise<SitePage> {
  return queries.listSites(ctx.app.db, query);
}

/** Merges a patch. Throws `sites.site_stale` if it is not of the current version. */
export async function changeSite(ctx: Ctx, change: Change<SitePatch>): Promise<Site> {
  const { patch } = change;
  if (patch.zone !== undefined && !isZone(patch.zone)) throw errors.zoneUnknown();
  return named(() =>
    ctx.app.db.withTransaction(async (tx) => {
      const site = await queries.updateSite(tx, change, patch);
      return site ?? refuseSite(tx, change.id);
    }),
  );
}

/** Takes a site out of use; what was recorded there stays. */
export async function archiveSite(ctx: Ctx, seen: Seen): Promise<void> {
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await queries.archiveSite(tx, seen))) await refuseSite(tx, seen.id);
  });
}

/**
 * Sets up a till. Throws `sites.site_unknown`, `sites.till_name_taken` and `sites.till_id_taken`.
 */
export async function addTill(ctx: Ctx, input: NewTill): Promise<Till> {
  const till = { ...input, id: input.id ?? newId() };
  return named(() =>
    ctx.app.db.withTransaction(async (tx) => {
      const added = await queries.insertTill(tx, till);
      if (added === undefined) throw errors.siteUnknown();
      return added;
    }),
  );
}

/** Throws `sites.till_not_found` (404). Archived tills are found. */
export async function getTill(ctx: Ctx, id: string): Promise<Till> {
  const till = await queries.findTill(ctx.app.db, id);
  if (till === undefined) throw errors.tillNotFound();
  return till;
}

/** Tills in use, or the archived ones, by id. */
export function listTills(ctx: Ctx, query: queries.TillFilter): Promise<TillPage> {
  return queries.listTills(ctx.app.db, query);
}

export async function changeTill(ctx: Ctx, change: Change<TillPatch>): Promise<Till> {
  return named(() =>
    ctx.app.db.withTransaction(async (tx) => {
      const till = await queries.updateTill(tx, change, change.patch);
      return till ?? refuseTill(tx, change.id);
    }),
  );
}

export async function archiveTill(ctx: Ctx, seen: Seen): Promise<void> {
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await queries.archiveTill(tx, seen))) await refuseTill(tx, seen.id);
  });
}

/** Step: the site a command names. Throws `sites.site_unknown` (422) if it is not in use. */
export async function requireSite(db: Db, siteId: string): Promise<Site> {
  const site = await queries.findSite(db, siteId);
  if (site === undefined || site.archived) throw errors.siteUnknown();
  return site;
}

/**
 * Step: locks a till and gives its next receipt number, without gaps: a transaction that fails
 * gives it back. The till's hash becomes SHA-256 of `previous hash:number:content`, in hex (domain
 * rules 8).
 */
export async function takeReceiptNumber(tx: Tx, tillId: string, content: string): Promise<void> {
  const isTaken = await queries.takeReceiptNumber(tx, tillId, content);
  invariant(isTaken, "the till was read in this transaction and tills are never deleted");
}

async function refuseSite(db: Db, id: string): Promise<never> {
  const site = await queries.findSite(db, id);
  if (site === undefined) throw errors.siteNotFound();
  throw site.archived ? errors.siteArchived() : errors.siteStale();
}

async function refuseTill(db: Db, id: string): Promise<never> {
  const till = await queries.findTill(db, id);
  if (till === undefined) throw errors.tillNotFound();
  throw till.archived ? errors.tillArchived() : errors.tillStale();
}

const refusals: Readonly<Record<string, (cause: unknown) => Error>> = {
  sites_pkey: errors.siteIdTaken,
  sites_name_key: errors.siteNameTaken,
  tills_pkey: errors.tillIdTaken,
  tills_site_id_name_key: errors.tillNameTaken,
};

const invalidParameterValue = "22023";

/** Runs a write and says which rule of the tables refused it. */
async function named<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const refusal = refusals[constraintOf(error) ?? ""];
    if (refusal !== undefined) throw refusal(error);
    // The database's own list of zones is the one that counts.
    if (stateOf(error) === invalidParameterValue) throw errors.zoneUnknown();
    throw error;
  }
}
