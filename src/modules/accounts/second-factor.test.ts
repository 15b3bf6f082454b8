import { afterAll, describe, expect, test } from "bun:test";
import { Secret } from "#platform/config.ts";
import { statement } from "#platform/db.ts";
import { testClient } from "../../../test/harness/client.ts";
import {
  addPerson,
  cookiesOf,
  signedInClient,
  type TestPerson,
  testPassword,
} from "../../../test/harness/people.ts";
import { testDatabase } from "../../../test/harness/postgres.ts";
import { totpOf } from "../../../test/harness/totp.ts";
import { openTestWeb } from "../../../test/harness/web.ts";

const database = await testDatabase();
const web = openTestWeb(database.appUrl);
const guest = testClient(web.web, {});
afterAll(async () => {
  await web.close();
  await database.drop();
});

const run = (sql: string, values: unknown[] = []) => web.app.db.run(statement("", sql), values);

interface Factor extends TestPerson {
  readonly uri: string;
  readonly backupCodes: string[];
  /** The code of now; codes used before may be used again, as if their time had passed. */
  code(): Promise<string>;
}

async function withFactor(): Promise<Factor> {
  const person = await addPerson(web);
  const client = await signedInClient(web, person);
  const setup = await client.post("/session/second-factor/setup", { password: testPassword });
  expect(setup.status).toBe(200);
  const code = async () => {
    await run("delete from accounts.failures where subject like 'used:%'");
    return totpOf(setup.body.uri);
  };
  const confirmed = await client.post("/session/second-factor/confirm", { code: await code() });
  expect(confirmed.status).toBe(200);
  return { ...person, uri: setup.body.uri, backupCodes: setup.body.backupCodes, code };
}

/** A client that has shown the password, and not yet the code. */
async function challenged({ email }: TestPerson) {
  const answer = await guest.post("/session", { email, password: testPassword });
  expect(answer.body).toEqual({ status: "second_factor_required" });
  const cookie = cookiesOf(answer.headers);
  return { ...testClient(web.web, { cookie }), cookie };
}

const pass = "/session/second-factor";

describe("a second factor", () => {
  test("the password alone opens nothing once it is on", async () => {
    const person = await withFactor();
    const client = await challenged(person);
    expect((await client.get("/session")).status).toBe(401);
    const answer = await client.post(pass, { code: await person.code() });
    expect(answer.body).toEqual({ status: "signed_in" });
    const signedIn = testClient(web.web, { cookie: cookiesOf(answer.headers) });
    expect((await signedIn.get("/session")).body).toMatchObject({ secondFactor: true });
  });

  test("it is off until its first code, and confirming it changes the session's cookie", async () => {
    const person = await addPerson(web);
    const client = await signedInClient(web, person);
    const { body } = await client.post(`${pass}/setup`, { password: testPassword });
    expect(body.uri).toStartWith("otpauth://totp/Banneton");
    expect((await client.post(`${pass}/confirm`, { code: "000000" })).status).toBe(422);
    const again = await guest.post("/session", { email: person.email, password: testPassword });
    expect(again.body).toEqual({ status: "signed_in" });
    const factor = await withFactor();
    expect((await challenged(factor)).cookie).toContain("second-factor");
  });

  test("a code opens once, also within its thirty seconds", async () => {
    const person = await withFactor();
    const [first, second] = [await challenged(person), await challenged(person)];
    const code = await person.code();
    expect((await first.post(pass, { code })).status).toBe(200);
    expect((await second.post(pass, { code })).status).toBe(401);
  });

  test("a backup code opens once, of four who come together with it", async () => {
    const person = await withFactor();
    const [code] = person.backupCodes;
    const clients = await Promise.all(Array.from({ length: 4 }, () => challenged(person)));
    const answers = await Promise.all(clients.map((client) => client.post(pass, { code })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const after = await challenged(person);
    expect((await after.post(pass, { code })).status).toBe(401);
  });

  test("many wrong codes never open, and wait before they are judged", async () => {
    const person = await withFactor();
    const statuses = new Map<number, number>();
    for (let round = 0; round < 3; round++) {
      const client = await challenged(person);
      const codes = Array.from({ length: 20 }, (_, i) => String(100_000 + round * 20 + i));
      const answers = await Promise.all(codes.map((code) => client.post(pass, { code })));
      for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses.keys()].sort()).toEqual([401, 429]);
    expect(statuses.get(401)).toBeLessThanOrEqual(6);
  });

  test("it can be turned off with the password alone, not by the session", async () => {
    const person = await withFactor();
    const open = await (await challenged(person)).post(pass, { code: await person.code() });
    const client = testClient(web.web, { cookie: cookiesOf(open.headers) });
    expect((await client.post(`${pass}/disable`, { password: "not this one" })).status).toBe(422);
    expect((await client.post(`${pass}/setup`, { password: testPassword })).status).toBe(409);
    expect((await client.post(`${pass}/disable`, { password: testPassword })).status).toBe(204);
    const { email } = person;
    const again = await guest.post("/session", { email, password: testPassword });
    expect(again.body).toEqual({ status: "signed_in" });
  });

  test("without a sign-in that waits for it there is nothing to pass", async () => {
    expect((await guest.post(pass, { code: "123456" })).body.code).toBe("accounts.challenge_over");
    const person = await withFactor();
    const client = await challenged(person);
    await run("update accounts.verifications set expires_at = now() - interval '1 second'");
    const answer = await client.post(pass, { code: await person.code() });
    expect(answer.body.code).toBe("accounts.challenge_over");
  });

  test("backup codes are ten of 62 to the power of 10, the app's secret has 160 bits or more", async () => {
    const { backupCodes, uri } = await withFactor();
    expect(new Set(backupCodes).size).toBe(10);
    for (const code of backupCodes) expect(code).toMatch(/^[0-9A-Za-z]{5}-[0-9A-Za-z]{5}$/);
    const secret = new URL(uri).searchParams.get("secret") ?? "";
    expect((secret.length * 5) / 8).toBeGreaterThanOrEqual(20);
  });

  test("the clock of the server decides which code is good, nothing that a client sends", async () => {
    const person = await withFactor();
    const client = await challenged(person);
    for (const minutes of [-60, -2, 2, 60]) {
      const then = Date.now() + minutes * 60_000;
      const date = new Date(then).toUTCString();
      const answer = await client.post(pass, { code: totpOf(person.uri, then) }, { date });
      expect([minutes, answer.status]).toEqual([minutes, 401]);
    }
    expect((await client.post(pass, { code: await person.code() })).status).toBe(200);
  });

  test("another AUTH_SECRET ends sessions and second factors; passwords stay", async () => {
    const [person, plain] = [await withFactor(), await addPerson(web)];
    const { cookie } = await signedInClient(web, plain);
    const other = openTestWeb(database.appUrl, {
      config: { authSecret: new Secret("x".repeat(32)) },
    });
    const stranger = testClient(other.web, {});
    const come = ({ email }: TestPerson) =>
      stranger.post("/session", { email, password: testPassword });
    expect((await testClient(other.web, { cookie }).get("/session")).status).toBe(401);
    expect((await come(plain)).body).toEqual({ status: "signed_in" });
    for (const code of [await person.code(), person.backupCodes[0]]) {
      const half = await come(person);
      const client = testClient(other.web, { cookie: cookiesOf(half.headers) });
      expect((await client.post(pass, { code })).status).toBe(401);
    }
    await other.close();
  });

  test("secret and backup codes are not readable in the database", async () => {
    const person = await withFactor();
    const rows = await run("select f::text as text from accounts.second_factors f");
    for (const code of person.backupCodes) expect(JSON.stringify(rows)).not.toContain(code);
  });
});
