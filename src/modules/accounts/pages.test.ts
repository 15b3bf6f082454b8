import { afterAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { newId } from "#platform/id.ts";
import { testClient } from "../../../test/harness/client.ts";
import { addPerson, cookiesOf, testPassword } from "../../../test/harness/people.ts";
import { testDatabase } from "../../../test/harness/postgres.ts";
import { totpOf } from "../../../test/harness/totp.ts";
import { openTestWeb } from "../../../test/harness/web.ts";

const database = await testDatabase();
const { web, close, app, client } = openTestWeb(database.appUrl);
afterAll(async () => {
  await close();
  await database.drop();
});

interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function ask(path: string, init: RequestInit = {}): Promise<Page> {
  const response = await web.fetch(new Request(`http://localhost${path}`, init));
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const get = (path: string, cookie = "") => ask(path, { headers: { cookie } });
const post = (path: string, fields: Record<string, string>, cookie = "") =>
  ask(path, { method: "POST", body: new URLSearchParams(fields), headers: { cookie } });

async function invite() {
  const memberships = [{ role: "baker", siteId: null }];
  const email = `${newId()}@bakery.example`;
  const { body } = await client.post("/invitations", { email, memberships });
  return { email, path: new URL(body.link).pathname };
}

describe("signing in on a page", () => {
  test("the first page says who is in, and the way out works", async () => {
    expect((await get("/")).text).toContain('href="/sign-in"');
    const { email } = await addPerson({ app, web, client, close }, "auditor");
    const { status, headers } = await post("/sign-in", {
      email,
      password: testPassword,
      next: "/",
    });
    expect([status, headers.get("location")]).toEqual([303, "/"]);
    const cookie = cookiesOf(headers);
    const home = await get("/", cookie);
    expect(home.text).toContain("Hello, Ada Baker");
    expect(home.text).toContain("auditor");
    const out = await post("/sign-out", {}, cookie);
    expect([out.status, out.headers.get("location")]).toEqual([303, "/sign-in"]);
    expect((await get("/", cookie)).text).toContain('href="/sign-in"');
  });

  test("a refusal is said in place, keeps the address and never shows the password", async () => {
    const { status, text } = await post("/sign-in", {
      email: "nobody@bakery.example",
      password: "a password <b>of mine</b>",
      next: "/swagger",
    });
    expect(status).toBe(401);
    expect(text).toContain('role="alert"');
    expect(text).toContain('value="nobody@bakery.example"');
    expect(text).toContain('value="/swagger"');
    expect(text).not.toContain("of mine");
  });

  test("the second factor is asked for on a page of its own", async () => {
    const person = await addPerson({ app, web, client, close });
    const { email } = person;
    const open = await post("/sign-in", { email, password: testPassword });
    const me = testClient(web, { cookie: cookiesOf(open.headers) });
    const setup = await me.post("/session/second-factor/setup", { password: testPassword });
    const [code = ""] = setup.body.backupCodes;
    const confirm = { code: totpOf(setup.body.uri) };
    expect((await me.post("/session/second-factor/confirm", confirm)).status).toBe(200);
    const half = await post("/sign-in", { email, password: testPassword, next: "/swagger" });
    expect(half.headers.get("location")).toBe("/sign-in/code?next=%2Fswagger");
    const cookie = cookiesOf(half.headers);
    const wrong = await post("/sign-in/code", { code: "zzzzz-zzzzz", next: "/swagger" }, cookie);
    expect(wrong.status).toBe(401);
    const whole = await post("/sign-in/code", { code, next: "/swagger" }, cookie);
    expect([whole.status, whole.headers.get("location")]).toEqual([303, "/swagger"]);
  });

  test("nobody is sent on to another site", async () => {
    const { email } = await addPerson({ app, web, client, close });
    for (const to of [
      "https://evil.example",
      "//evil.example",
      "/\\evil.example",
      "javascript:1",
    ]) {
      expect((await get(`/sign-in?next=${encodeURIComponent(to)}`)).text).not.toContain("evil");
      const { headers } = await post("/sign-in", { email, password: testPassword, next: to });
      expect(headers.get("location")).toBe("/");
    }
  });
});

describe("accepting on a page", () => {
  test("looking at an invitation does not spend it; accepting does, and signs in", async () => {
    const { email, path } = await invite();
    for (let i = 0; i < 3; i++) expect((await get(path)).text).toContain(email);
    const fields = { name: "Bo <Baker>", password: testPassword };
    const accepted = await post(path, fields);
    expect([accepted.status, accepted.headers.get("location")]).toEqual([303, "/"]);
    const home = await get("/", cookiesOf(accepted.headers));
    expect(home.text).toContain("Bo &lt;Baker&gt;");
    const spent = await get(path);
    expect(spent.status).toBe(404);
    expect(spent.text).toContain("no longer, good");
  });

  test("what is wrong is said beside its field, and what was typed stays", async () => {
    const { path } = await invite();
    const short = await post(path, { name: "Bo", password: "short" });
    expect(short.status).toBe(422);
    expect(short.text).toContain('id="password-wrong"');
    expect(short.text).toContain('value="Bo"');
    const common = await post(path, { name: "Bo", password: "unbelievable" });
    expect(common.text).toContain("among the first tried");
  });

  test("the link does not leak: no referrer to others, no cache, nothing loaded from elsewhere", async () => {
    const { path } = await invite();
    const { headers, text } = await get(path);
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(text).not.toMatch(/https?:\/\//);
  });

  test("a link that nobody made is told apart from none", async () => {
    expect((await get(`/invitations/${"x".repeat(43)}`)).status).toBe(404);
  });
});

test("pages run no script and have one inline style, which their policy names", async () => {
  const { path } = await invite();
  for (const each of ["/", "/sign-in", "/sign-in/code", path]) {
    const { text, headers } = await get(each);
    expect(text).not.toMatch(/<script|\son[a-z]+=|style="|javascript:/i);
    const styles = [...text.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, style = ""]) => style);
    const hashes = styles.map((style) => createHash("sha256").update(style).digest("base64"));
    expect(hashes).toHaveLength(1);
    const policy = headers.get("content-security-policy");
    expect(policy).toContain(`default-src 'none'; style-src 'sha256-${hashes[0]}'; `);
    expect(text).toContain('<html lang="en">');
    for (const [, id] of text.matchAll(/<label for="([^"]+)"/g)) {
      expect(text).toContain(`id="${id}"`);
    }
  }
});

test("passwords are masked, and may be pasted and filled in by a password manager", async () => {
  const { path } = await invite();
  const inputs = async (each: string) => (await get(each)).text.match(/<input [^>]*>/g) ?? [];
  const passwords = (all: string[]) => all.filter((input) => input.includes('name="password"'));
  const [signIn = "", ...noneHere] = passwords(await inputs("/sign-in"));
  const [chosen = "", ...noneThere] = passwords(await inputs(path));
  expect([noneHere, noneThere]).toEqual([[], []]);
  expect(signIn).toContain('type="password" autocomplete="current-password"');
  expect(chosen).toContain('type="password" autocomplete="new-password"');
  expect((await inputs("/sign-in")).join()).toContain('autocomplete="username"');
  expect((await inputs("/sign-in/code")).join()).toContain('autocomplete="one-time-code"');
  for (const each of ["/sign-in", "/sign-in/code", path]) {
    expect((await get(each)).text).not.toMatch(/autocomplete="off"|onpaste|readonly|pattern=/i);
  }
});

test("a form of another kind of content is refused", async () => {
  const init = { method: "POST", body: "{}", headers: { "content-type": "text/plain" } };
  expect((await ask("/sign-in", init)).status).toBe(415);
});
