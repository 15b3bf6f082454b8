import { afterAll, describe, expect, test } from "bun:test";
import { scryptSync } from "node:crypto";
import { statement } from "#platform/db.ts";
import { testClient } from "../../../test/harness/client.ts";
import { addPerson, signedInClient, testPassword } from "../../../test/harness/people.ts";
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
const signIn = (email: string, password: string) => guest.post("/session", { email, password });

describe("a password", () => {
  const changedTo = async (newPassword: string) => {
    const person = await addPerson(web);
    const client = await signedInClient(web, person);
    const change = { currentPassword: testPassword, newPassword };
    const { status, body } = await client.post("/session/password", change);
    return { person, status, code: body.errors?.[0]?.code };
  };
  const opens = async (email: string, password: string) => (await signIn(email, password)).status;

  test("any characters may be used, and none must be", async () => {
    for (const password of [
      "  \t spaces  around  ",
      "qzvwkxjfhgpm",
      "¼ Pfund Brötchen, bitte",
      "🥖🥐🍞🥯🥨🧇🥞🍰🎂🧁🍪🍩",
    ]) {
      const { person, status } = await changedTo(password);
      expect([password, status, await opens(person.email, password)]).toEqual([password, 204, 200]);
    }
  });

  test("a password is checked as it was typed, to its last character", async () => {
    const password = `Four Loaves ${"of rye ".repeat(16)}1`;
    const { person } = await changedTo(password);
    const others = [
      `${password.slice(0, -1)}2`,
      password.slice(0, -1),
      `${password} `,
      ` ${password}`,
      password.toLowerCase(),
    ];
    for (const other of others) expect(await opens(person.email, other)).toBe(401);
    await run("delete from accounts.failures");
    expect(await opens(person.email, password)).toBe(200);
  });

  test("a password of 64 characters and more is taken, to 128", async () => {
    for (const length of [64, 100, 128]) {
      const password = "abcdefghij klmno".repeat(8).slice(0, length);
      const { person, status } = await changedTo(password);
      expect([length, status, await opens(person.email, password)]).toEqual([length, 204, 200]);
    }
  });

  test("it is kept as scrypt with a salt of its own, of the work that is documented", async () => {
    const [first, second] = [
      await changedTo("four loaves at dusk"),
      await changedTo("four loaves at dusk"),
    ];
    const kept = async (id: string) => {
      const sql = "select password from accounts.credentials where person_id = $1";
      return (await run<{ password: string }>(sql, [id]))[0]?.password ?? "";
    };
    const hash = await kept(first.person.id);
    const [salt = "", key = ""] = hash.split(":");
    expect([salt, key].map(({ length }) => length)).toEqual([32, 128]);
    const work = { N: 16_384, r: 16, p: 1, maxmem: 2 ** 26 };
    expect(scryptSync("four loaves at dusk", salt, 64, work).toString("hex")).toBe(key);
    expect(await kept(second.person.id)).not.toBe(hash);
  });

  test("a new password is not the name of this program, of a site or of the address's domain", async () => {
    const fields = { zone: "Europe/Dublin", cutover: "04:00", pricesIncludeTax: true };
    await web.client.post("/sites", { ...fields, name: "Mill Street" });
    for (const word of [
      "Banneton-2026!",
      "bannetonbanneton",
      "millstreet99",
      "Bakery.2026.",
      "bakery.example",
    ]) {
      expect([word, (await changedTo(word)).code]).toEqual([word, "accounts.password_personal"]);
    }
    expect((await changedTo("mill street at dawn")).status).toBe(204);
  });
});
