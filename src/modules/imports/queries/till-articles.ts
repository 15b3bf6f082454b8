import { type Db, statement, type Tx } from "#platform/db.ts";
import type { TillArticle } from "../model/till-exports.ts";
import { articleName } from "../rules/till/articles.ts";

/** What a name means here, if anything. */
export interface KnownName {
  /** As PostgreSQL folds it: names that are one for the catalogue. */
  readonly folded: string;
  readonly aliasItemId: string | null;
  readonly itemId: string | null;
}

const findNames = statement(
  "till_articles_names",
  `select lower(btrim(u.name)) as folded, a.item_id as "aliasItemId", i.id as "itemId"
   from unnest($1::text[], $2::text[]) with ordinality as u (key, name, n)
   left join imports.aliases a on a.name_key = u.key
   left join catalog.items i on lower(btrim(i.name)) = lower(btrim(u.name))
     and i.archived_at is null
   order by u.n`,
);

/** What names mean here, in the order given. */
export function findKnownNames(
  db: Db,
  names: readonly { readonly key: string; readonly name: string }[],
): Promise<KnownName[]> {
  return db.run(findNames, [names.map(({ key }) => key), names.map(({ name }) => name)]);
}

export interface ArticleRow {
  readonly position: number;
  readonly spelling: string;
  readonly key: string;
  readonly looseKey: string;
  readonly itemId: string | null;
  readonly outcome: TillArticle["outcome"];
  readonly lines: number;
}

const insertAll = statement(
  "till_articles_insert",
  `insert into imports.till_articles (import_id, position, spelling, name_key, loose_key, item_id,
     outcome, lines)
   select $1, u.* from unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::uuid[],
     $7::text[], $8::integer[]) as u`,
);

export async function insertArticles(
  tx: Tx,
  importId: string,
  rows: readonly ArticleRow[],
): Promise<void> {
  const fields = [
    "position",
    "spelling",
    "key",
    "looseKey",
    "itemId",
    "outcome",
    "lines",
  ] as const satisfies readonly (keyof ArticleRow)[];
  await tx.run(insertAll, [importId, ...fields.map((field) => rows.map((row) => row[field]))]);
}

/** An article of the file as sales need it. */
export interface SoldArticle {
  readonly position: number;
  /** As it is printed on the ticket. */
  readonly name: string;
  readonly itemId: string | null;
  readonly unit: string;
}

const listSold = statement(
  "till_articles_sold",
  `select a.position, a.spelling, a.item_id as "itemId", coalesce(i.unit, 'piece') as unit
   from imports.till_articles a left join catalog.items i on i.id = a.item_id
   where a.import_id = $1 order by a.position`,
);

export type SoldArticles = ReadonlyMap<number, SoldArticle>;

/** The articles of an import by their position. */
export async function listSoldArticles(db: Db, importId: string): Promise<SoldArticles> {
  const rows = await db.run<SoldArticle & { spelling: string }>(listSold, [importId]);
  return new Map(
    rows.map(({ spelling, ...row }) => [row.position, { ...row, name: articleName(spelling) }]),
  );
}
