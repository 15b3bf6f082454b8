import { afterAll, describe, expect, test } from "bun:test";
import { statement } from "#platform/db.ts";
import { testClient } from "../../../test/harness/client.ts";
import {
  addPerson,
  cookiesOf,
  signedInClient,
  testPassword,
} from "../../../test/harness/people.ts";
import { testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb } from "../../../test/harness/web.ts";

const database = await testDatabase();
const web = openTestWeb(database.appUrl);
const guest = testClient(web.web, {});
afterAll(async () => {
  await web.close();
  await database.drop();
});

const run = <Row>(sql: string, values: unknown[] = []) =>
  web.app.db.run<Row>(statement("", sql), values);
const signIn = (email: string, password = testPassword) =>
  guest.post("/session", { email, password });

describe("200", () => {
  test("who signs in is told who they are and what they may do", async () => {
    const person = await addPerson(web, "auditor");
    const client = await signedInClient(web, person);
    const { body } = await client.get("/session");
    expect(body).toMatchObject({
      kind: "person",
      id: person.id,
      person: { id: person.id, name: "Ada Baker", email: person.email },
      memberships: [{ role: "auditor", siteId: null }],
      secondFactor: false,
    });
    expect(body.grants[0].permissions).toContain("audit.read");
    expect(body.grants[0].permissions).not.toContain("accounts.change");
  });

  test("a key is told what it may do as well", async () => {
    const { body } = await web.client.get("/session");
    expect(body).toMatchObject({ kind: "key", person: null, memberships: [] });
  });

  test("capitals in an address do not matter", async () => {
    const { email } = await addPerson(web);
    expect((await signIn(email.toUpperCase())).body).toEqual({ status: "signed_in" });
  });

  test("over http the cookie is kept from scripts and other sites", async () => {
    const { email } = await addPerson(web);
    const [cookie = ""] = (await signIn(email)).headers.getSetCookie();
    expect(cookie).toMatch(
      /^banneton-session=[^;]+; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  test("over https it is bound to the host and never sent in the clear", async () => {
    const config = { publicUrl: "https://bakery.example" };
    const secure = openTestWeb(database.appUrl, { config });
    const person = await addPerson(secure);
    const body = { email: person.email, password: testPassword };
    const { headers } = await testClient(secure.web, {}).post("/session", body);
    const [cookie = ""] = headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-banneton-session=[^;]+; Max-Age=1209600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const known = testClient(secure.web, { cookie: cookiesOf(headers) });
    expect((await known.get("/session")).body.id).toBe(person.id);
    await secure.close();
  });

  test("one sees where one is signed in, and which session asks", async () => {
    const person = await addPerson(web);
    const [first, second] = [await signedInClient(web, person), await signedInClient(web, person)];
    const { data } = (await second.get("/sessions")).body;
    expect(data.map(({ isCurrent }: { isCurrent: boolean }) => isCurrent)).toEqual([false, true]);
    const other = await signedInClient(web, await addPerson(web));
    expect((await other.get("/sessions")).body.data).toHaveLength(1);
    expect((await first.get("/sessions")).body.data).toHaveLength(2);
  });
});

describe("204", () => {
  test("signing out ends the session at once, and the browser forgets it", async () => {
    const client = await signedInClient(web, await addPerson(web));
    const { status, headers } = await client.ask("DELETE", "/session");
    expect(status).toBe(204);
    expect(headers.getSetCookie().join()).toContain("banneton-session=; Max-Age=0");
    expect((await client.get("/session")).status).toBe(401);
  });

  test("one session can be ended from another, and all of them at once", async () => {
    const person = await addPerson(web);
    const clients = [];
    for (let i = 0; i < 3; i++) clients.push(await signedInClient(web, person));
    const [first, second, third] = clients as [
      (typeof clients)[0],
      (typeof clients)[0],
      (typeof clients)[0],
    ];
    const { data } = (await second.get("/sessions")).body;
    expect((await second.ask("DELETE", `/sessions/${data[0].id}`)).status).toBe(204);
    expect((await first.get("/session")).status).toBe(401);
    expect((await third.ask("DELETE", "/sessions")).status).toBe(204);
    expect((await second.get("/session")).status).toBe(401);
    expect((await third.get("/session")).status).toBe(401);
  });

  test("a new password ends the other sessions, and the old one opens nothing", async () => {
    const person = await addPerson(web);
    const [here, there] = [await signedInClient(web, person), await signedInClient(web, person)];
    const newPassword = "five loaves at dusk";
    const change = { currentPassword: testPassword, newPassword };
    expect((await here.post("/session/password", change)).status).toBe(204);
    expect((await here.get("/session")).status).toBe(200);
    expect((await there.get("/session")).status).toBe(401);
    expect((await signIn(person.email)).status).toBe(401);
    expect((await signIn(person.email, newPassword)).status).toBe(200);
  });
});

describe("a session's token", () => {
  test("is 32 random characters of 62, another for each sign-in, and of no person", async () => {
    const person = await addPerson(web);
    const tokens: string[] = [];
    for (let n = 0; n < 10; n++) {
      const { cookie } = await signedInClient(web, person);
      tokens.push(decodeURIComponent(cookie).split("=")[1]?.split(".")[0] ?? "");
    }
    for (const token of tokens) expect(token).toMatch(/^[0-9A-Za-z]{32}$/);
    expect(new Set(tokens).size).toBe(10);
    // A prefix, a counter or the person's id would leave places that hardly change.
    const places = Array.from(
      { length: 32 },
      (_, at) => new Set(tokens.map((each) => each[at])).size,
    );
    expect(Math.min(...places)).toBeGreaterThan(3);
  });
});

describe("401", () => {
  test("an unknown address, a wrong password and a deactivated account look the same", async () => {
    const person = await addPerson(web);
    const gone = await addPerson(web);
    await run("update accounts.people set archived_at = now() where id = $1", [gone.id]);
    const answers = [
      await signIn("nobody@bakery.example"),
      await signIn(person.email, "four loaves at noon"),
      await signIn(gone.email),
    ];
    const seen = answers.map(({ status, body, headers }) => {
      const { traceId: _, ...rest } = body;
      return JSON.stringify([status, rest, headers.getSetCookie()]);
    });
    expect(new Set(seen).size).toBe(1);
    expect(answers[0]?.body.code).toBe("accounts.sign_in_refused");
  });

  test("a session ends 8 hours after it was used last, and 14 days after it began", async () => {
    const [idle, old] = [await addPerson(web), await addPerson(web)];
    const [idler, elder] = [await signedInClient(web, idle), await signedInClient(web, old)];
    const age = (column: string, id: string, time: string) =>
      run(`update accounts.sessions set ${column} = now() - $2::interval where person_id = $1`, [
        id,
        time,
      ]);
    await age("updated_at", idle.id, "7 hours 59 minutes");
    expect((await idler.get("/session")).status).toBe(200);
    await age("updated_at", idle.id, "8 hours 1 second");
    expect((await idler.get("/session")).status).toBe(401);
    await age("expires_at", old.id, "1 second");
    expect((await elder.get("/session")).status).toBe(401);
  });

  test("use is written down at most once a minute", async () => {
    const person = await addPerson(web);
    const client = await signedInClient(web, person);
    const seen = async () => {
      const sql = "select updated_at::text as at from accounts.sessions where person_id = $1";
      return (await run<{ at: string }>(sql, [person.id]))[0]?.at;
    };
    const first = await seen();
    await client.get("/session");
    expect(await seen()).toBe(first);
    await run("update accounts.sessions set updated_at = now() - interval '61 s'");
    const before = await seen();
    await client.get("/session");
    expect(await seen()).not.toBe(before);
  });

  test("a cookie that is forged, twice or of another secret is a guest's", async () => {
    const { cookie } = await signedInClient(web, await addPerson(web));
    const value = decodeURIComponent(cookie.split("=").slice(1).join("="));
    const [token = ""] = value.split(".");
    const forged = [
      `banneton-session=${token}`,
      `banneton-session=${token}.${btoa("x".repeat(32))}`,
      `banneton-session=${encodeURIComponent(`x${value}`)}`,
      `${cookie}; ${cookie}`,
      "banneton-session=%E0%A4%A",
    ];
    for (const each of forged) {
      expect((await testClient(web.web, { cookie: each }).get("/session")).status).toBe(401);
      // A guest, not a refusal: a page that asks for nothing still answers.
      expect((await testClient(web.web, { cookie: each }).get("//")).status).toBe(200);
    }
  });
});

describe("403 and 404", () => {
  test("a key has no password and no sessions", async () => {
    const change = { currentPassword: testPassword, newPassword: "five loaves at dusk" };
    expect((await web.client.post("/session/password", change)).status).toBe(403);
    expect((await web.client.get("/sessions")).body.data).toEqual([]);
    expect((await web.client.ask("DELETE", "/sessions")).status).toBe(403);
  });

  test("a stranger's session looks missing", async () => {
    const mine = await signedInClient(web, await addPerson(web));
    const theirs = await signedInClient(web, await addPerson(web));
    const [{ id }] = (await theirs.get("/sessions")).body.data;
    expect((await mine.ask("DELETE", `/sessions/${id}`)).status).toBe(404);
    expect((await theirs.get("/session")).status).toBe(200);
  });

  test("Google is not there unless it is set up", async () => {
    expect((await guest.ask("POST", "/session/google")).status).toBe(404);
  });
});

describe("422", () => {
  const refused = async (newPassword: string) => {
    const client = await signedInClient(web, await addPerson(web));
    const change = { currentPassword: testPassword, newPassword };
    return (await client.post("/session/password", change)).body.errors[0]?.code;
  };

  test("a new password is long, not among the common, not one's own name", async () => {
    expect(await refused("short")).toBe("invalid");
    expect(await refused("x".repeat(129))).toBe("invalid");
    expect(await refused("unbelievable")).toBe("accounts.password_common");
    expect(await refused("Password12345")).toBe("accounts.password_common");
    expect(await refused("dragondragon")).toBe("accounts.password_common");
    expect(await refused("Ada Baker 2026!")).toBe("accounts.password_personal");
  });

  test("the old password is asked for, and a wrong one changes nothing", async () => {
    const client = await signedInClient(web, await addPerson(web));
    const change = { currentPassword: "not this one", newPassword: "five loaves at dusk" };
    const { body } = await client.post("/session/password", change);
    expect(body.errors[0]).toMatchObject({ pointer: "/currentPassword" });
  });
});

describe("fixation", () => {
  test("a planted cookie is never adopted, and an old session does not outlive a new sign-in", async () => {
    const [victim, attacker] = [await addPerson(web), await addPerson(web)];
    const planted = await signedInClient(web, attacker);
    const body = { email: victim.email, password: testPassword };
    const answer = await testClient(web.web, { cookie: planted.cookie }).post("/session", body);
    const fresh = cookiesOf(answer.headers);
    expect(fresh).not.toBe(planted.cookie);
    expect((await planted.get("/session")).status).toBe(401);
    const me = await testClient(web.web, { cookie: fresh }).get("/session");
    expect(me.body.id).toBe(victim.id);
  });
});

describe("the audit", () => {
  test("sign-ins and failures are written down, without an address that nobody has", async () => {
    const person = await addPerson(web);
    await signIn(person.email, "four loaves at noon");
    await signIn("secret-address@bakery.example");
    await signedInClient(web, person);
    const rows = await run<{ action: string; subject_id: string; text: string }>(
      "select action, subject_id, e::text as text from audit.entries e order by seq desc limit 3",
    );
    expect(rows.map(({ action }) => action)).toEqual([
      "session.started",
      "session.refused",
      "session.refused",
    ]);
    expect(rows.map(({ subject_id }) => subject_id).slice(1)).toEqual(["unknown", person.id]);
    const all = rows.map(({ text }) => text).join();
    expect(all).not.toContain("@");
    expect(all).not.toContain("loaves");
  });
});
