import { createHash } from "node:crypto";
import pg from "pg";
import { permissionNames } from "../src/modules/access/index.ts";
import type { Actor } from "../src/platform/context.ts";
import { newId } from "../src/platform/id.ts";
import { ids } from "./bakery.ts";
import type { Place } from "./place.ts";

const id = "0199a0c2-6a3e-7c51-9d0e-000000000002";

/** Somebody who may do everything, for a web that does not ask. */
export const owner: Actor = {
  kind: "key",
  id,
  scope: id,
  grants: [{ siteId: null, permissions: new Set(permissionNames) }],
};

const keyPrefix = `bnt_key_${"0".repeat(39)}`;

/** The key of one till of wrk; the script puts them together in the same way. */
export const tillKey = (index: number) => `${keyPrefix}${ids.first + index}`;

/** What a web must know to run as in production, on this machine. */
export const productionEnv = {
  NODE_ENV: "production",
  PUBLIC_URL: "https://localhost",
  AUTH_SECRET: "a secret of the measurement, and no other",
  LIMIT_ACTOR_PER_MINUTE: "1000000000",
  LIMIT_ADDRESS_PER_MINUTE: "1000000000",
} as const;

/** A key for each till, so that no two connections share what a web may remember of one. */
export async function issueKeys(place: Place): Promise<void> {
  const client = new pg.Client(place.ownerUrl);
  await client.connect();
  try {
    for (let index = 0; index < ids.tills; index++) {
      const key = tillKey(index);
      await client.query(
        `insert into keys.keys (id, name, prefix, hash, scopes, created_by)
         values ($1, $2, $3, $4, $5, 'system')`,
        [
          newId(),
          `Till ${index + 1}`,
          key.slice(0, 12),
          createHash("sha256").update(key).digest("hex"),
          permissionNames,
        ],
      );
    }
  } finally {
    await client.end();
  }
}
