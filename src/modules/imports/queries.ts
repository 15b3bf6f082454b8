import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageOf } from "#platform/page.ts";
import type { Import, ImportKind, ImportPage, ImportReport, ImportSummary } from "./model.ts";

const takeTurn = statement(
  "import_take_turn",
  "select pg_advisory_xact_lock(hashtextextended('imports', 0))",
);

/** Imports run one after the other: each sees what the one before has brought. */
export async function waitForTurn(tx: Tx): Promise<void> {
  await tx.run(takeTurn);
}

export interface RecordRow {
  readonly kind: ImportKind;
  readonly key: string;
  readonly recordId: string;
  readonly said: string;
}

const listKnown = statement(
  "import_records",
  `select kind, key, record_id as "recordId", said from imports.records
   where site_id = $1 and kind = $2 and key = any($3::text[])`,
);

/** What imports before have made of these keys, by key. */
export async function findRecords(
  db: Db,
  of: { readonly siteId: string; readonly kind: ImportKind; readonly keys: readonly string[] },
): Promise<Map<string, RecordRow>> {
  if (of.keys.length === 0) return new Map();
  const rows = await db.run<RecordRow>(listKnown, [of.siteId, of.kind, of.keys]);
  return new Map(rows.map((row) => [row.key, row]));
}

export interface CatalogItem {
  readonly id: string;
  readonly recipeId: string | null;
}

const itemColumns = `i.id, r.id as "recipeId"`;

const findByNames = statement(
  "import_items_by_name",
  `select u.name as key, ${itemColumns}
   from unnest($1::text[]) as u (name)
   join catalog.items i on lower(btrim(i.name)) = lower(btrim(u.name)) and i.archived_at is null
   left join recipes.recipes r on r.item_id = i.id and r.archived_at is null`,
);

const findByIds = statement(
  "import_items_by_id",
  `select i.id as key, ${itemColumns}
   from catalog.items i
   left join recipes.recipes r on r.item_id = i.id and r.archived_at is null
   where i.id = any($1::uuid[])`,
);

/** Items in use by their names, whatever the case: the names as given. */
export async function findItemsByNames(
  db: Db,
  names: readonly string[],
): Promise<Map<string, CatalogItem>> {
  return byKey(await db.run<CatalogItem & { key: string }>(findByNames, [names]));
}

export async function findItemsByIds(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, CatalogItem>> {
  return byKey(await db.run<CatalogItem & { key: string }>(findByIds, [ids]));
}

function byKey(rows: readonly (CatalogItem & { readonly key: string })[]) {
  return new Map(rows.map(({ key, ...item }) => [key, item]));
}

/** A wall clock's reading at a site, as an instant and a business date. */
export interface SiteMoment {
  readonly at: string;
  readonly businessDate: string;
  readonly isFuture: boolean;
  /** In a closed period of the site. */
  readonly isClosed: boolean;
}

const momentsOf = statement(
  "import_moments",
  `select m.at, ((m.at at time zone s.zone) - s.cutover)::date as "businessDate",
     ((m.at at time zone s.zone) - s.cutover)::date
       > (($3::timestamptz at time zone s.zone) - s.cutover)::date as "isFuture",
     coalesce(m.at < s.closed_before, false) as "isClosed"
   from sites.sites s
   cross join unnest($2::timestamp[]) with ordinality as u (local, n)
   cross join lateral (select u.local at time zone s.zone as at) m
   where s.id = $1 order by u.n`,
);

const startsOf = statement(
  "import_day_starts",
  `select m.at, u.day as "businessDate",
     u.day > (($3::timestamptz at time zone s.zone) - s.cutover)::date as "isFuture",
     coalesce(m.at < s.closed_before, false) as "isClosed"
   from sites.sites s
   cross join unnest($2::date[]) with ordinality as u (day, n)
   cross join lateral (select (u.day + s.cutover) at time zone s.zone as at) m
   where s.id = $1 order by u.n`,
);

interface Question {
  readonly siteId: string;
  readonly now: Date;
  readonly local: readonly string[];
}

/**
 * Each reading of a wall clock, in the order given; the zone's own rules decide about clock
 * changes.
 */
export function resolveMoments(db: Db, { siteId, now, local }: Question): Promise<SiteMoment[]> {
  return db.run(momentsOf, [siteId, local, now.toISOString()]);
}

/** When each business date begins at the site, in the order given. */
export function resolveDayStarts(db: Db, { siteId, now, local }: Question): Promise<SiteMoment[]> {
  return db.run(startsOf, [siteId, local, now.toISOString()]);
}

const insert = statement(
  "import_insert",
  `insert into imports.imports (id, site_id, format, content_hash, actor, recorded_at, report)
   values ($1, $2, $3, $4, $5, clock_timestamp(), $6) returning recorded_at as "recordedAt"`,
);

const insertKnown = statement(
  "import_insert_records",
  `insert into imports.records (site_id, import_id, kind, key, record_id, said)
   select $1, $2, kind, key, record_id, said
   from unnest($3::text[], $4::text[], $5::uuid[], $6::text[]) as u (kind, key, record_id, said)`,
);

export interface ImportRow {
  readonly id: string;
  readonly siteId: string;
  readonly format: Import["format"];
  readonly contentHash: string;
  readonly actor: string;
  readonly report: ImportReport;
}

/** Writes an import and which records it has made; returns when. */
export async function insertImport(
  tx: Tx,
  row: ImportRow,
  made: readonly RecordRow[],
): Promise<string> {
  const { id, siteId, format, contentHash, actor, report } = row;
  const values = [id, siteId, format, contentHash, actor, JSON.stringify(report)];
  const [inserted] = await tx.run<{ recordedAt: string }>(insert, values);
  if (made.length > 0) {
    const columns = ["kind", "key", "recordId", "said"] as const;
    await tx.run(insertKnown, [
      siteId,
      id,
      ...columns.map((name) => made.map((each) => each[name])),
    ]);
  }
  return inserted?.recordedAt ?? "";
}

const head = `id, site_id as "siteId", format, content_hash as "contentHash",
  recorded_at as "recordedAt"`;
const findOne = statement(
  "import_find",
  `select ${head}, report, false as "dryRun" from imports.imports where id = $1`,
);

export async function findImport(db: Db, id: string): Promise<Import | undefined> {
  const [row] = await db.run<Import>(findOne, [id]);
  return row;
}

export interface ImportFilter extends PageQuery {
  readonly siteId?: string | undefined;
}

type Tallies = Omit<ImportReport, "records" | "problems" | "notices">;
type ListedRow = Omit<ImportSummary, keyof Tallies> & { readonly tallies: Tallies };

/** Newest first, at the permitted sites; undefined is all. */
export async function listImports(
  db: Db,
  query: ImportFilter,
  permitted: readonly string[] | undefined,
): Promise<ImportPage> {
  const where = new Where()
    .add("site_id = ?", query.siteId)
    .add("site_id = any(?)", permitted)
    .add("id < ?", cursorKeys(query, idKey)?.[0]);
  const text = `select ${head}, report - array['records', 'problems', 'notices'] as tallies
    from imports.imports ${where.text}
    order by id desc limit $${where.values.push(query.limit + 1)}`;
  const rows = await runList<ListedRow>(db, "import_list", text, where);
  return pageOf(
    rows,
    query,
    (row) => [row.id],
    ({ tallies, ...row }) => ({ ...row, ...tallies }),
  );
}

const listForeign = statement(
  "import_foreign_numbers",
  `select foreign_number as "foreignNumber" from sales.sales
   where site_id = $1 and foreign_number = any($2::text[])`,
);

/** Which of these foreign numbers the site has already. */
export async function findForeignNumbers(
  db: Db,
  siteId: string,
  numbers: readonly string[],
): Promise<Set<string>> {
  if (numbers.length === 0) return new Set();
  const rows = await db.run<{ foreignNumber: string }>(listForeign, [siteId, numbers]);
  return new Set(rows.map((row) => row.foreignNumber));
}
