import { type Db, statement, type Tx } from "#platform/db.ts";
import { cursorKeys, type PageQuery, pageOf, textKey } from "#platform/page.ts";
import type { ImportAlias, ImportAliasPage } from "../model/aliases.ts";

interface AliasRow extends ImportAlias {
  readonly key: string;
}

const upsert = statement(
  "import_alias_upsert",
  `insert into imports.aliases as a (id, name, name_key, item_id)
   select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[])
   on conflict (name_key) do update set name = excluded.name, item_id = excluded.item_id
   returning id, name, item_id as "itemId", name_key as key`,
);
const insertNew = statement(
  "import_alias_insert_new",
  `insert into imports.aliases (id, name, name_key, item_id)
   select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[])
   on conflict (name_key) do nothing`,
);
const listPage = statement(
  "import_alias_list",
  `select id, name, item_id as "itemId", name_key as key from imports.aliases
   where ($1::text is null or name_key > $1) and ($2::uuid is null or item_id = $2)
   order by name_key limit $3`,
);
const findOne = statement(
  "import_alias_find",
  `select id, name, item_id as "itemId" from imports.aliases where id = $1`,
);
const removeOne = statement(
  "import_alias_remove",
  "delete from imports.aliases where id = $1 returning id",
);

function columnsOf(rows: readonly AliasRow[]) {
  return (["id", "name", "key", "itemId"] as const).map((field) => rows.map((row) => row[field]));
}

function toModel({ id, name, itemId }: AliasRow): ImportAlias {
  return { id, name, itemId };
}

/** Says what a name means from now on. */
export async function replaceAlias(tx: Tx, row: AliasRow): Promise<ImportAlias | undefined> {
  const [written] = await tx.run<AliasRow>(upsert, columnsOf([row]));
  return written && toModel(written);
}

/** Remembers what names mean, where nothing is said of them yet. */
export async function rememberAliases(tx: Tx, rows: readonly AliasRow[]): Promise<void> {
  if (rows.length > 0) await tx.run(insertNew, columnsOf(rows));
}

export interface AliasFilter extends PageQuery {
  readonly itemId?: string | undefined;
}

export async function listAliases(db: Db, query: AliasFilter): Promise<ImportAliasPage> {
  const [after = null] = cursorKeys(query, textKey) ?? [];
  const rows = await db.run<AliasRow>(listPage, [after, query.itemId ?? null, query.limit + 1]);
  return pageOf(rows, query, (row) => [row.key], toModel);
}

export async function findAlias(db: Db, id: string): Promise<ImportAlias | undefined> {
  const [row] = await db.run<ImportAlias>(findOne, [id]);
  return row;
}

/** False if there is no such alias. */
export async function removeAlias(tx: Tx, id: string): Promise<boolean> {
  return (await tx.run(removeOne, [id])).length > 0;
}
