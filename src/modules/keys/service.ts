import type { Actor, App } from "#platform/context.ts";
import * as errors from "./errors.ts";
import * as queries from "./queries.ts";
import { hashOfKey, keyMark } from "./rules.ts";

export function isKey(token: string): boolean {
  return token.startsWith(keyMark);
}

/** The program that shows this key. Throws `keys.refused` (401). */
export async function authenticateKey(app: App, token: string): Promise<Actor> {
  const key = await queries.findKeyByHash(app.db, hashOfKey(token));
  if (key === undefined) throw errors.keyRefused();
  const permissions = new Set(key.scopes);
  const sites = key.siteIds ?? [null];
  return {
    kind: "key",
    id: key.id,
    scope: key.id,
    credentialId: key.id,
    grants: sites.map((siteId) => ({ siteId, permissions })),
  };
}
