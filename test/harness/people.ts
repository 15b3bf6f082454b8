import type { Role } from "#modules/access/index.ts";
import { admitPerson } from "#modules/accounts/service/accept.ts";
import { hashNewPassword } from "#modules/accounts/service/passwords.ts";
import { type Ctx, GUEST_ACTOR } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import { type TestClient, testClient } from "./client.ts";
import type { TestWeb } from "./web.ts";

export const testPassword = "four loaves at dawn";

let hash: Promise<string> | undefined;

export interface TestPerson {
  readonly id: string;
  readonly email: string;
}

/** Somebody who can sign in with the test password, with a role at a site; null is all of them. */
export async function addPerson(
  { app }: TestWeb,
  role: Role = "owner",
  siteId: string | null = null,
): Promise<TestPerson> {
  const email = `${newId()}@bakery.example`;
  hash ??= hashNewPassword(testPassword, { email, name: "", siteNames: [] });
  const person = { name: "Ada Baker", email, passwordHash: await hash };
  const id = await app.db.withTransaction((tx) => admitPerson(tx, person, [{ role, siteId }]));
  return { id, email };
}

/** A guest's context from an address, as a request from there has. */
export function guestFrom({ app }: TestWeb, address: string): Ctx {
  const traceId = newId().replaceAll("-", "");
  return { app, actor: GUEST_ACTOR, address, traceId, log: app.log, now: app.now };
}

/** A `Cookie` header of what a response sets. */
export function cookiesOf(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((each) => each.split(";")[0] ?? "")
    .filter((pair) => !pair.endsWith("="))
    .join("; ");
}

/** A client that sends what somebody's sign-in has set. */
export async function signedInClient(
  web: TestWeb,
  { email }: TestPerson,
  password = testPassword,
): Promise<TestClient & { readonly cookie: string }> {
  const answer = await testClient(web.web, {}).post("/session", { email, password });
  if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status}`);
  const cookie = cookiesOf(answer.headers);
  return { ...testClient(web.web, { cookie }), cookie };
}
