import type { Actor, App, Grant } from "#platform/context.ts";
import * as errors from "../errors.ts";
import * as queries from "../queries.ts";
import { hashOfKey, keyMark } from "../rules.ts";

export function isKey(token: string): boolean {
  return token.startsWith(keyMark);
}

/** The program that shows this key. Throws `keys.refused` (401). */
export async function authenticateKey(app: App, token: string): Promise<Actor> {
  const key = await queries.findKeyByHash(app.db, hashOfKey(token));
  if (key === undefined) throw errors.keyRefused();
  if (key.isIdle) touch(app, key.id);
  return {
    kind: "key",
    id: key.id,
    scope: key.id,
    credentialId: key.id,
    grants: grantsOf(key),
  };
}

// Keys are few and their scopes fixed: what the same words grant is made once.
const known = new Map<string, readonly Grant[]>();
const knownMax = 1_000;

function grantsOf({ scopes, siteIds }: queries.KeyGrant): readonly Grant[] {
  const words = `${scopes} ${siteIds ?? ""}`;
  const before = known.get(words);
  if (before !== undefined) return before;
  const permissions = new Set(scopes.split(","));
  const grants = (siteIds?.split(",") ?? [null]).map((siteId) => ({ siteId, permissions }));
  if (known.size >= knownMax) known.clear();
  known.set(words, grants);
  return grants;
}

const touching = new Set<string>();

/** Nobody waits for it, and of the requests that come meanwhile none sends it again. */
function touch(app: App, id: string): void {
  if (touching.has(id)) return;
  touching.add(id);
  queries
    .touchKey(app.db, id)
    .catch((error: unknown) => app.log.error("The use of a key was not written", error))
    .finally(() => touching.delete(id));
}
