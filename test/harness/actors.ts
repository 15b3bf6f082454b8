import { type Permission, permissionNames, type Role, roles } from "#modules/access/index.ts";
import { newId } from "#platform/id.ts";
import { type TestClient, testClient } from "./client.ts";
import { insertKey } from "./key.ts";
import type { TestDatabase } from "./postgres.ts";
import type { TestWeb } from "./web.ts";

interface Place {
  readonly database: TestDatabase;
  readonly web: TestWeb;
}

/** A client with a key of its own: these permissions at these sites, or everywhere. */
export async function clientWith(
  { database, web }: Place,
  permissions: readonly Permission[],
  siteIds: readonly string[] | null = null,
): Promise<TestClient> {
  const key = await insertKey(database.ownerUrl, newId(), undefined, permissions, siteIds);
  return testClient(web.web, { authorization: `Bearer ${key}` });
}

/** All a role may do, at these sites or everywhere. */
export function clientAs(place: Place, role: Role, siteIds: readonly string[] | null = null) {
  return clientWith(place, roles[role], siteIds);
}

/** A key that may do everything but this, everywhere. */
export function keyWithout(ownerUrl: string, missing: Permission): Promise<string> {
  const permissions = permissionNames.filter((name) => name !== missing);
  return insertKey(ownerUrl, newId(), undefined, permissions);
}

/** Answers requests as if they showed that key. */
export function bearing(
  answer: (request: Request) => Promise<Response>,
  key: string,
): (request: Request) => Promise<Response> {
  return (request) => {
    request.headers.set("authorization", `Bearer ${key}`);
    return answer(request);
  };
}
