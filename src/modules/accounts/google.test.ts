import { afterAll, describe, expect, test } from "bun:test";
import { Secret } from "#platform/config.ts";
import { statement } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import { testClient } from "../../../test/harness/client.ts";
import { fakeGoogle, type GoogleAccount } from "../../../test/harness/google.ts";
import {
  addPerson,
  cookiesOf,
  signedInClient,
  testPassword,
} from "../../../test/harness/people.ts";
import { testDatabase } from "../../../test/harness/postgres.ts";
import { totpOf } from "../../../test/harness/totp.ts";
import { openTestWeb } from "../../../test/harness/web.ts";

const clientId = "banneton.apps.example";
const google = fakeGoogle(clientId);
const database = await testDatabase();
const config = { google: { clientId, clientSecret: new Secret("canary-client-secret") } };
const web = openTestWeb(database.appUrl, { config });
const guest = testClient(web.web, {});
afterAll(async () => {
  await web.close();
  await database.drop();
  await google.stop();
});

const run = <Row>(sql: string, values: unknown[] = []) =>
  web.app.db.run<Row>(statement("", sql), values);

interface Visit {
  readonly email: string;
  readonly isVerified?: boolean;
  readonly sub?: string;
  /** Comes back in a browser that did not set out. */
  readonly withoutCookie?: boolean;
  readonly token?: Pick<GoogleAccount, "claims" | "signedBy">;
}

/** Sets out and signs in at Google; what the browser then comes back with. */
async function wayBack({ email, isVerified = true, sub = newId(), withoutCookie, token }: Visit) {
  const begun = await guest.ask("POST", "/session/google");
  expect(begun.status).toBe(200);
  const url = new URL(begun.body.url);
  expect(url.origin).toBe("https://accounts.google.com");
  const redirect = url.searchParams.get("redirect_uri") ?? "";
  expect(redirect).toBe("http://localhost:3000/api/v1/session/callback/google");
  const code = newId();
  const account = { sub, email, email_verified: isVerified, name: "Gus Google", ...token };
  google.accounts.set(code, account);
  const state = url.searchParams.get("state") ?? "";
  const back = `${new URL(redirect).pathname}?${new URLSearchParams({ code, state })}`;
  const cookie = withoutCookie === true ? "" : cookiesOf(begun.headers);
  return new Request(`http://localhost${back}`, { headers: { cookie } });
}

/** What the browser is answered when it comes back. */
const visit = async (given: Visit) => web.web.fetch(await wayBack(given));

const newEmail = () => `${newId()}@bakery.example`;
const peopleWith = (email: string) =>
  run<{ id: string }>("select id from accounts.people where email = $1", [email]);

function expectRefused(response: Response): void {
  expect(response.status).toBe(303);
  expect(response.headers.get("location")).toBe("/sign-in?refused=google");
  expect(cookiesOf(response.headers)).not.toContain("banneton-session");
}

async function whoIs(response: Response) {
  expect(response.headers.get("location")).toBe("/");
  const me = testClient(web.web, { cookie: cookiesOf(response.headers) });
  return (await me.get("/session")).body;
}

describe("coming from Google", () => {
  test("somebody who is here gets in, by address at first and then by their Google account", async () => {
    const person = await addPerson(web, "baker");
    const sub = newId();
    expect((await whoIs(await visit({ email: person.email, sub }))).id).toBe(person.id);
    expect((await whoIs(await visit({ email: newEmail(), sub }))).id).toBe(person.id);
  });

  test("an open invitation makes the person it is for, once, with its roles", async () => {
    const email = newEmail();
    const memberships = [{ role: "cashier", siteId: null }];
    const made = await web.client.post("/invitations", { email, memberships });
    const me = await whoIs(await visit({ email: email.toUpperCase() }));
    expect(me).toMatchObject({ person: { email, name: "Gus Google" }, memberships });
    const { body } = await web.client.get(`/invitations/${made.body.id}`);
    expect(body).toMatchObject({ state: "accepted", personId: me.id });
    expect(await peopleWith(email)).toHaveLength(1);
  });

  test("everybody else is refused, and no account is made", async () => {
    const email = newEmail();
    expectRefused(await visit({ email }));
    expect(await peopleWith(email)).toEqual([]);
    const page = await web.web.fetch(new Request("http://localhost/sign-in?refused=google"));
    expect(await page.text()).toContain("Ask for an invitation");
  });

  test("an address that Google has not verified opens nothing", async () => {
    const person = await addPerson(web);
    expectRefused(await visit({ email: person.email, isVerified: false }));
    const email = newEmail();
    const memberships = [{ role: "cashier", siteId: null }];
    await web.client.post("/invitations", { email, memberships });
    expectRefused(await visit({ email, isVerified: false }));
    expect(await peopleWith(email)).toEqual([]);
  });

  test("another browser's way back is not taken", async () => {
    const person = await addPerson(web);
    expectRefused(await visit({ email: person.email, withoutCookie: true }));
  });

  test("a deactivated account and one with a second factor stay out", async () => {
    const gone = await addPerson(web);
    await web.client.delete(`/accounts/${gone.id}`, 1);
    expectRefused(await visit({ email: gone.email }));
    const person = await addPerson(web);
    const me = await signedInClient(web, person);
    const setup = await me.post("/session/second-factor/setup", { password: testPassword });
    await me.post("/session/second-factor/confirm", { code: totpOf(setup.body.uri) });
    expectRefused(await visit({ email: person.email }));
  });

  test("Google's tokens are not kept, and nothing of the client's secret is shown", async () => {
    const person = await addPerson(web);
    const response = await visit({ email: person.email });
    expect(JSON.stringify([...response.headers])).not.toContain("canary");
    const rows = await run("select c::text as text from accounts.credentials c");
    expect(JSON.stringify(rows)).not.toContain("canary");
  });

  test("a way back that was made up is a refusal, never an error of the library", async () => {
    for (const query of ["", "?code=1", "?error=access_denied&state=x", "?code=1&state=made-up"]) {
      const url = `http://localhost/api/v1/session/callback/google${query}`;
      expectRefused(await web.web.fetch(new Request(url)));
    }
  });

  test("the page's way to Google goes there", async () => {
    const response = await web.web.fetch(new Request("http://localhost/sign-in/google"));
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toStartWith("https://accounts.google.com/");
    expect(cookiesOf(response.headers)).toContain("banneton.state=");
  });
});

describe("what Google says of somebody", () => {
  const refusedWith = async (token: Visit["token"]) => {
    const { email } = await addPerson(web);
    expectRefused(await visit({ email, token: token ?? {} }));
    expect((await whoIs(await visit({ email }))).person.email).toBe(email);
  };

  test("opens nothing unless one of Google's own keys has signed it", async () => {
    for (const signedBy of ["stranger", "secret", "nobody"] as const) {
      await refusedWith({ signedBy });
    }
  });

  test("opens nothing when it was said to another client, or by somebody else", async () => {
    await refusedWith({ claims: { aud: "another.apps.example" } });
    await refusedWith({ claims: { aud: undefined } });
    await refusedWith({ claims: { iss: "https://accounts.evil.example" } });
  });

  test("opens nothing once it is over, or hours after it was said", async () => {
    const now = Math.floor(Date.now() / 1000);
    await refusedWith({ claims: { iat: now - 600, exp: now - 300 } });
    await refusedWith({ claims: { iat: now - 7_200 } });
  });

  test("opens once: the same way back a second time is a refusal", async () => {
    const { email } = await addPerson(web);
    const back = await wayBack({ email });
    expect((await whoIs(await web.web.fetch(back.clone()))).person.email).toBe(email);
    expectRefused(await web.web.fetch(back));
  });

  test("opens a session of ours, which ends by our rules and not by Google's", async () => {
    const { email, id } = await addPerson(web);
    const response = await visit({ email });
    expect(response.headers.getSetCookie().join()).toContain("Max-Age=1209600");
    const me = testClient(web.web, { cookie: cookiesOf(response.headers) });
    google.accounts.clear();
    expect((await me.get("/session")).status).toBe(200);
    const sql = "update accounts.sessions set updated_at = now() - interval '8 hours 1 second'";
    await run(`${sql} where person_id = $1`, [id]);
    expect((await me.get("/session")).status).toBe(401);
  });
});
