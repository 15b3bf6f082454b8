import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { type Db, statement, type Tx } from "#platform/db.ts";
import {
  isAmong,
  isArchived,
  isListed,
  isSeen,
  nextVersion,
  now,
  type Seen,
  type SharedFilter,
} from "#platform/db-records.ts";
import { invariant } from "#platform/errors.ts";
import { pageById } from "#platform/page.ts";
import type { Site, SitePage, SitePatch, Till, TillPage, TillPatch } from "../model.ts";
import { sites, tills } from "../tables.ts";

const siteColumns = {
  id: sites.id,
  name: sites.name,
  zone: sites.zone,
  cutover: sql<string>`to_char(${sites.cutover}, 'HH24:MI')`,
  pricesIncludeTax: sites.pricesIncludeTax,
  closedThrough: sites.closedThrough,
  archived: isArchived(sites),
  version: sites.version,
};
const tillColumns = {
  id: tills.id,
  siteId: tills.siteId,
  name: tills.name,
  archived: isArchived(tills),
  version: tills.version,
};

type SiteRow = Omit<Site, "closedThrough" | "archived" | "version">;
type TillRow = Omit<Till, "archived" | "version">;

export interface TillFilter extends SharedFilter {
  readonly siteId?: string | undefined;
}

export async function insertSite(tx: Tx, site: SiteRow): Promise<Site> {
  const [row] = await tx.orm.insert(sites).values(site).returning(siteColumns);
  invariant(row, "an insert returns its row");
  return row;
}

export async function findSite(db: Db, id: string): Promise<Site | undefined> {
  const [row] = await db.orm.select(siteColumns).from(sites).where(eq(sites.id, id));
  return row;
}

/** `permitted` are the sites to keep to; undefined is all. */
export async function listSites(
  db: Db,
  query: SharedFilter,
  permitted: readonly string[] | undefined,
): Promise<SitePage> {
  const rows = await db.orm
    .select(siteColumns)
    .from(sites)
    .where(and(...isListed(sites, query), isAmong(sites.id, permitted)))
    .orderBy(asc(sites.id))
    .limit(query.limit + 1);
  return pageById(rows, query);
}

/** Undefined if the site is not there, archived, or no longer of that version. */
export async function updateSite(tx: Tx, seen: Seen, patch: SitePatch): Promise<Site | undefined> {
  const [row] = await tx.orm
    .update(sites)
    .set({ ...patch, version: nextVersion(sites) })
    .where(and(...isSeen(sites, seen)))
    .returning(siteColumns);
  return row;
}

export async function archiveSite(tx: Tx, seen: Seen): Promise<boolean> {
  const rows = await tx.orm
    .update(sites)
    .set({ archivedAt: now(), version: nextVersion(sites) })
    .where(and(...isSeen(sites, seen)))
    .returning({ id: sites.id });
  return rows.length > 0;
}

/** Adds a till if its site is in use; undefined if not. The site cannot be archived meanwhile. */
export async function insertTill(tx: Tx, till: TillRow): Promise<Till | undefined> {
  const [site] = await tx.orm
    .select({ id: sites.id })
    .from(sites)
    .where(and(eq(sites.id, till.siteId), isNull(sites.archivedAt)))
    .for("share");
  if (site === undefined) return undefined;
  const [row] = await tx.orm.insert(tills).values(till).returning(tillColumns);
  return row;
}

export async function findTill(db: Db, id: string): Promise<Till | undefined> {
  const [row] = await db.orm.select(tillColumns).from(tills).where(eq(tills.id, id));
  return row;
}

export async function listTills(
  db: Db,
  query: TillFilter,
  permitted: readonly string[] | undefined,
): Promise<TillPage> {
  const rows = await db.orm
    .select(tillColumns)
    .from(tills)
    .where(
      and(
        ...isListed(tills, query),
        query.siteId === undefined ? undefined : eq(tills.siteId, query.siteId),
        isAmong(tills.siteId, permitted),
      ),
    )
    .orderBy(asc(tills.id))
    .limit(query.limit + 1);
  return pageById(rows, query);
}

export async function updateTill(tx: Tx, seen: Seen, patch: TillPatch): Promise<Till | undefined> {
  const [row] = await tx.orm
    .update(tills)
    .set({ ...patch, version: nextVersion(tills) })
    .where(and(...isSeen(tills, seen)))
    .returning(tillColumns);
  return row;
}

export async function archiveTill(tx: Tx, seen: Seen): Promise<boolean> {
  const rows = await tx.orm
    .update(tills)
    .set({ archivedAt: now(), version: nextVersion(tills) })
    .where(and(...isSeen(tills, seen)))
    .returning({ id: tills.id });
  return rows.length > 0;
}

const takeNumber = statement(
  "site_take_receipt_number",
  `update sites.tills set receipt_number = receipt_number + 1,
     receipt_hash = encode(sha256(convert_to(
       receipt_hash || ':' || (receipt_number + 1) || ':' || $2, 'UTF8')), 'hex')
   where id = $1 returning id`,
);

/** False if there is no such till. */
export async function takeReceiptNumber(tx: Tx, tillId: string, content: string): Promise<boolean> {
  return (await tx.run(takeNumber, [tillId, content])).length > 0;
}
