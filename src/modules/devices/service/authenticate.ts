import type { Actor, App } from "#platform/context.ts";
import * as errors from "../errors.ts";
import * as queries from "../queries/staff.ts";
import { hashOfKey, keyMark, permissionsAtTill } from "../rules.ts";

export function isTillKey(token: string): boolean {
  return token.startsWith(keyMark);
}

/**
 * The till that shows this key: with nobody signed in it may do nothing but its own routes, else
 * what the person's roles allow at the device's site and makes sense at a till. Throws
 * `devices.refused` (401).
 */
export async function authenticateTill(app: App, token: string): Promise<Actor> {
  const actor = await findTill(app, token);
  if (actor === undefined) throw errors.keyRefused();
  return actor;
}

/** The same for a cookie, which a browser sends unasked: a stale one is as good as none. */
export async function findTill(app: App, token: string): Promise<Actor | undefined> {
  if (!isTillKey(token)) return undefined;
  const device = await queries.findPaired(app.db, hashOfKey(token));
  if (device === undefined) return undefined;
  if (device.isIdle) touch(app, device.id);
  const { id, siteId, staffId, roles } = device;
  return {
    kind: "till",
    // Somebody who has lost their last role here works here no more.
    id: staffId !== null && roles.length > 0 ? staffId : id,
    scope: `till:${id}`,
    credentialId: id,
    grants: roles.map((role) => ({ siteId, permissions: permissionsAtTill(role) })),
  };
}

const touching = new Set<string>();

/** Nobody waits for it, and of the requests that come meanwhile none sends it again. */
function touch(app: App, id: string): void {
  if (touching.has(id)) return;
  touching.add(id);
  queries
    .touchDevice(app.db, id)
    .catch((error: unknown) => app.log.error("The use of a till was not written", error))
    .finally(() => touching.delete(id));
}
