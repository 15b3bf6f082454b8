import { authorise, authoriseAt, may, permittedSites } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db, Tx } from "#platform/db.ts";
import type { Seen, SharedFilter } from "#platform/db-records.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { siteClockChanged } from "../events.ts";
import type { NewSite, Site, SitePage, SitePatch } from "../model.ts";
import * as queries from "../queries/sites.ts";
import { isZone } from "../rules.ts";
import { type Change, named } from "./refusals.ts";

/**
 * Opens a site, which is the whole company's to do. Throws `sites.site_name_taken`,
 * `sites.site_id_taken` and, for a zone nobody knows, `sites.zone`.
 */
export async function openSite(ctx: Ctx, input: NewSite): Promise<Site> {
  authorise(ctx, "sites.change", null);
  if (!isZone(input.zone)) throw errors.zoneUnknown();
  const site = { ...input, id: input.id ?? newId() };
  return named(() =>
    ctx.app.db.withTransaction(async (tx) => {
      const opened = await queries.insertSite(tx, site);
      await recordDeed(tx, ctx, { ...deedAt(opened.id, "opened"), after: rulesOf(opened) });
      return opened;
    }),
  );
}

/** Throws `sites.site_not_found` (404). Archived sites are found. */
export async function getSite(ctx: Ctx, id: string): Promise<Site> {
  authorise(ctx, "sites.read");
  const site = await queries.findSite(ctx.app.db, id);
  if (site === undefined || !may(ctx, "sites.read", id)) throw errors.siteNotFound();
  return site;
}

/** Sites in use, or the archived ones, by id; those that the actor may read. */
export async function listSites(ctx: Ctx, query: SharedFilter): Promise<SitePage> {
  return queries.listSites(ctx.app.db, query, permittedSites(ctx, "sites.read"));
}

/** Merges a patch. Throws `sites.site_stale` if it is not of the current version. */
export async function changeSite(ctx: Ctx, change: Change<SitePatch>): Promise<Site> {
  const { id, patch } = change;
  authoriseChange(ctx, id);
  if (patch.zone !== undefined && !isZone(patch.zone)) throw errors.zoneUnknown();
  return named(() =>
    changing(ctx, async (tx) => {
      const before = await queries.findSite(tx, id);
      const site = await queries.updateSite(tx, change, patch);
      if (site === undefined || before === undefined) throw refusalOf(before);
      const said = { before: rulesOf(before), after: rulesOf(site) };
      await recordDeed(tx, ctx, { ...deedAt(id, "changed"), ...said });
      if (site.zone !== before.zone || site.cutover !== before.cutover) {
        publish(tx, siteClockChanged, {
          siteId: id,
          businessDate: null,
          subjectId: id,
          payload: {},
        });
      }
      return site;
    }),
  );
}

/** Reports tell the names of sites. */
function changing<T>({ app }: Ctx, work: (tx: Tx) => Promise<T>): Promise<T> {
  return app.cache.changing(["sites"], () => app.db.withTransaction(work));
}

/** Takes a site out of use; what was recorded there stays. */
export async function archiveSite(ctx: Ctx, seen: Seen): Promise<void> {
  authoriseChange(ctx, seen.id);
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await queries.archiveSite(tx, seen)))
      throw refusalOf(await queries.findSite(tx, seen.id));
    await recordDeed(tx, ctx, deedAt(seen.id, "archived"));
  });
}

/** Step: the site a command names. Throws `sites.site_unknown` (422) if it is not in use. */
export async function requireSite(db: Db, siteId: string): Promise<Site> {
  const site = await queries.findSite(db, siteId);
  if (site === undefined || site.archived) throw errors.siteUnknown();
  return site;
}

function authoriseChange(ctx: Ctx, id: string): void {
  authoriseAt(ctx, "sites.change", id, { read: "sites.read", missing: errors.siteNotFound });
}

function refusalOf(found: Site | undefined): Error {
  if (found === undefined) return errors.siteNotFound();
  return found.archived ? errors.siteArchived() : errors.siteStale();
}

function deedAt(siteId: string, what: "opened" | "changed" | "archived") {
  return { action: `site.${what}`, subject: { kind: "site", id: siteId }, siteId };
}

/** What of a site decides about dates and taxes; a name has no place in the audit. */
function rulesOf({ zone, cutover, pricesIncludeTax, version }: Site) {
  return { zone, cutover, pricesIncludeTax, version };
}
