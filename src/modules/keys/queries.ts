import { type Db, lookup, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import type { Seen } from "#platform/db-records.ts";
import { cursorKeys, idKey, type PageQuery, pageById } from "#platform/page.ts";
import type { ApiKey, ApiKeyPage } from "./model.ts";

export interface KeyGrant {
  readonly id: string;
  /** Permissions, separated by commas: as text they are recognised without being read. */
  readonly scopes: string;
  readonly siteIds: string | null;
  /** It was not used within the last minute. */
  readonly isIdle: boolean;
}

const findByHash = lookup(
  "key_by_hash",
  `select id, array_to_string(scopes, ',') as scopes, array_to_string(site_ids, ',') as "siteIds",
     coalesce(last_used_at < now() - interval '1 minute', true) as "isIdle"
   from keys.keys
   where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
);

/** The key in force with that hash. */
export async function findKeyByHash(db: Db, hash: string): Promise<KeyGrant | undefined> {
  const [row] = await db.run<KeyGrant>(findByHash, [hash]);
  return row;
}

const touch = statement(
  "key_touch",
  `update keys.keys set last_used_at = now()
   where id = $1 and coalesce(last_used_at < now() - interval '1 minute', true)`,
);

/** One statement by itself, outside of what the request does: of many at once one changes it. */
export async function touchKey(db: Db, id: string): Promise<void> {
  await db.run(touch, [id]);
}

const columns = `id, name, prefix, array_to_json(scopes) as scopes,
  array_to_json(site_ids) as "siteIds", created_by as "createdBy", created_at as "createdAt",
  expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt", version`;

export interface KeyRow extends Pick<ApiKey, "id" | "name" | "prefix" | "createdBy"> {
  readonly hash: string;
  readonly scopes: readonly string[];
  readonly siteIds: readonly string[] | null;
  readonly expiresAt: string | null;
}

const insert = statement(
  "key_insert",
  `insert into keys.keys (id, name, prefix, hash, scopes, site_ids, created_by, expires_at)
   select $1::uuid, $2, $3, $4, $5::text[], $6::uuid[], $7, $8::timestamptz
   where $8 is null or $8 > now()
   returning ${columns}`,
);

/** Undefined if it would have expired already. */
export async function insertKey(tx: Tx, row: KeyRow): Promise<ApiKey | undefined> {
  const { id, name, prefix, hash, scopes, siteIds, createdBy, expiresAt } = row;
  const values = [id, name, prefix, hash, scopes, siteIds, createdBy, expiresAt];
  const [key] = await tx.run<ApiKey>(insert, values);
  return key;
}

const findOne = statement("key_find", `select ${columns} from keys.keys where id = $1`);

export async function findKey(db: Db, id: string): Promise<ApiKey | undefined> {
  const [key] = await db.run<ApiKey>(findOne, [id]);
  return key;
}

/** Keys of these sites only; without sites all keys. */
export async function listKeys(
  db: Db,
  query: PageQuery,
  sites: readonly string[] | undefined,
): Promise<ApiKeyPage> {
  const [after] = cursorKeys(query, idKey) ?? [];
  const where = new Where().add("site_ids <@ ?::uuid[]", sites).add("id > ?", after);
  const text = `select ${columns} from keys.keys ${where.text}
    order by id limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList<ApiKey>(db, "key_list", text, where), query);
}

const rename = statement(
  "key_rename",
  `update keys.keys set name = $3, version = version + 1
   where id = $1 and version = $2 and revoked_at is null returning ${columns}`,
);

/** Undefined if the key is not of that version or revoked. */
export async function renameKey(tx: Tx, seen: Seen, name: string): Promise<ApiKey | undefined> {
  const [key] = await tx.run<ApiKey>(rename, [seen.id, seen.version, name]);
  return key;
}

const revoke = statement(
  "key_revoke",
  `update keys.keys set revoked_at = now(), version = version + 1
   where id = $1 and revoked_at is null returning id`,
);

/** False if it is revoked already. */
export async function revokeKey(tx: Tx, id: string): Promise<boolean> {
  return (await tx.run(revoke, [id])).length > 0;
}
