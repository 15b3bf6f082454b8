import type { Db } from "#platform/db.ts";
import { lookup } from "#platform/db.ts";

export interface KeyGrant {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly siteIds: readonly string[] | null;
}

const findByHash = lookup(
  "key_by_hash",
  `select id, array_to_json(scopes) as scopes, array_to_json(site_ids) as "siteIds"
   from keys.keys
   where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
);

/** The key in force with that hash. */
export async function findKeyByHash(db: Db, hash: string): Promise<KeyGrant | undefined> {
  const [row] = await db.run<KeyGrant>(findByHash, [hash]);
  return row;
}
