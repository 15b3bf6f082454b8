import pg from "pg";
import { permissionNames } from "#modules/access/index.ts";
import { hashOfKey } from "#modules/keys/rules.ts";
import { newId } from "#platform/id.ts";

/** An API key with every permission, in every database that is cloned from the template. */
export const testKey = `bnt_key_${"0".repeat(43)}`;

export const testCredentials: Readonly<Record<string, string>> = {
  authorization: `Bearer ${testKey}`,
};

/** The id of the test key: what the books name as the actor. */
export const testActor = "0199a0c2-0000-7000-8000-000000000001";

/** Puts the test key into a migrated database; twice is once. */
export async function admitTestKey(ownerUrl: string): Promise<void> {
  await insertKey(ownerUrl, testActor, testKey);
}

/** A key of a test's own with these permissions at these sites; null is all of them. */
export async function insertKey(
  url: string,
  id: string = newId(),
  key: string = `bnt_key_${id}`,
  scopes: readonly string[] = permissionNames,
  siteIds: readonly string[] | null = null,
): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      // As if used in a year: that it is used now is never written in the middle of a comparison.
      `insert into keys.keys (id, name, prefix, hash, scopes, site_ids, created_by, last_used_at)
       values ($1, 'Test', $2, $3, $4, $5, 'system', now() + interval '1 year')
       on conflict do nothing`,
      [id, key.slice(0, 14), hashOfKey(key), scopes, siteIds],
    );
    return key;
  } finally {
    await client.end();
  }
}
