import { and, asc, eq, gt, isNotNull, isNull, sql } from "drizzle-orm";
import { type Db, statement, type Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { cursorKeys, idKey, type PageQuery, pageOf } from "#platform/page.ts";
import type { Site, SitePage, SitePatch, Till, TillPage, TillPatch } from "./model.ts";
import { sites, tills } from "./tables.ts";

const siteColumns = {
  id: sites.id,
  name: sites.name,
  zone: sites.zone,
  cutover: sql<string>`to_char(${sites.cutover}, 'HH24:MI')`,
  pricesIncludeTax: sites.pricesIncludeTax,
  archived: sql<boolean>`${sites.archivedAt} is not null`,
  version: sites.version,
};
const tillColumns = {
  id: tills.id,
  siteId: tills.siteId,
  name: tills.name,
  archived: sql<boolean>`${tills.archivedAt} is not null`,
  version: tills.version,
};

type SiteRow = Omit<Site, "archived" | "version">;
type TillRow = Omit<Till, "archived" | "version">;

/** What an update must find to be allowed. */
export interface Seen {
  readonly id: string;
  readonly version: number;
}

export interface SiteFilter extends PageQuery {
  readonly archived?: boolean | undefined;
}

export interface TillFilter extends SiteFilter {
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

export async function listSites(db: Db, query: SiteFilter): Promise<SitePage> {
  const [after] = cursorKeys(query, idKey) ?? [];
  const rows = await db.orm
    .select(siteColumns)
    .from(sites)
    .where(
      and(
        after === undefined ? undefined : gt(sites.id, after),
        query.archived === true ? isNotNull(sites.archivedAt) : isNull(sites.archivedAt),
      ),
    )
    .orderBy(asc(sites.id))
    .limit(query.limit + 1);
  return pageOf(
    rows,
    query,
    (row) => [row.id],
    (row) => row,
  );
}

/** Undefined if the site is not there, archived, or no longer of that version. */
export async function updateSite(tx: Tx, seen: Seen, patch: SitePatch): Promise<Site | undefined> {
  const [row] = await tx.orm
    .update(sites)
    .set({ ...patch, version: sql`${sites.version} + 1` })
    .where(and(eq(sites.id, seen.id), eq(sites.version, seen.version), isNull(sites.archivedAt)))
    .returning(siteColumns);
  return row;
}

export async function archiveSite(tx: Tx, seen: Seen): Promise<boolean> {
  const rows = await tx.orm
    .update(sites)
    .set({ archivedAt: sql`clock_timestamp()`, version: sql`${sites.version} + 1` })
    .where(and(eq(sites.id, seen.id), eq(sites.version, seen.version), isNull(sites.archivedAt)))
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

export async function listTills(db: Db, query: TillFilter): Promise<TillPage> {
  const [after] = cursorKeys(query, idKey) ?? [];
  const rows = await db.orm
    .select(tillColumns)
    .from(tills)
    .where(
      and(
        after === undefined ? undefined : gt(tills.id, after),
        query.siteId === undefined ? undefined : eq(tills.siteId, query.siteId),
        query.archived === true ? isNotNull(tills.archivedAt) : isNull(tills.archivedAt),
      ),
    )
    .orderBy(asc(tills.id))
    .limit(query.limit + 1);
  return pageOf(
    rows,
    query,
    (row) => [row.id],
    (row) => row,
  );
}

export async function updateTill(tx: Tx, seen: Seen, patch: TillPatch): Promise<Till | undefined> {
  const [row] = await tx.orm
    .update(tills)
    .set({ ...patch, version: sql`${tills.version} + 1` })
    .where(and(eq(tills.id, seen.id), eq(tills.version, seen.version), isNull(tills.archivedAt)))
    .returning(tillColumns);
  return row;
}

export async function archiveTill(tx: Tx, seen: Seen): Promise<boolean> {
  const rows = await tx.orm
    .update(tills)
    .set({ archivedAt: sql`clock_timestamp()`, version: sql`${tills.version} + 1` })
    .where(and(eq(tills.id, seen.id), eq(tills.version, seen.version), isNull(tills.archivedAt)))
    .returning({ id: tills.id });
  return rows.length > 0;
}

const takeNumber = statement(
  "site_take_receipt_number",
  `update sites.tills set receipt_number = receipt_number + 1,
     receipt_hash = encode(sha256(convert_to(
       receipt_hash || ':' || (receipt_number + 1) || ':' || $2, 'UTF8')), 'hex')
   where id = $1 returning receipt_number as "receiptNumber"`,
);

/**
 * Locks a till and gives its next receipt number, without gaps: a transaction that fails gives it back.
 * The till's hash becomes SHA-256 of `previous hash:number:content`, in hex.
 */
export async function takeReceiptNumber(tx: Tx, tillId: string, content: string): Promise<number> {
  const [row] = await tx.run<{ receiptNumber: string }>(takeNumber, [tillId, content]);
  invariant(row, "the till was read in this transaction and tills are never deleted");
  return Number(row.receiptNumber);
}
