import { afterAll, describe, expect, test } from "bun:test";
import { make } from "../../../test/harness/bakery.ts";
import { addPerson, signedInClient, testPassword } from "../../../test/harness/people.ts";
import { bearer, noId, openTills, type PairedTill } from "../../../test/harness/tills.ts";
import { isWeakPin } from "./rules.ts";
import { setPin } from "./service/pins.ts";

const tills = await openTills();
const { client, as, sql, shop, otherShop } = tills;
afterAll(() => tills.close());
const here = [{ role: "cashier", siteId: shop.siteId }] as const;
const pin = "5290";
const till = await tills.pair();
const tap = async (personId: string, on: PairedTill, digits = pin) =>
  (await on.client.post("/till/shift", { personId, pin: digits })).status;

describe("lockout", () => {
  test("1,000 wrong PINs never open, and lock neither others nor another till", async () => {
    const [victim, other] = [await tills.person(here, pin), await tills.person(here, pin)];
    const elsewhere = await tills.pair(shop.tillIds[1]);
    const count: Record<number, number> = {};
    const started = performance.now();
    for (let n = 0; n < 1_000; n += 20) {
      const guesses = Array.from({ length: 20 }, (_, k) => String(6_000 + n + k));
      for (const status of await Promise.all(guesses.map((each) => tap(victim, till, each)))) {
        count[status] = (count[status] ?? 0) + 1;
      }
    }
    // Each wait is twice the one before: a slow machine judges one more, never many.
    const waited = Math.ceil(Math.log2(1 + (performance.now() - started) / 5_000));
    const judged = count[401] ?? 0;
    expect(judged).toBeGreaterThan(5);
    expect(judged).toBeLessThanOrEqual(6 + waited);
    expect(count).toEqual({ 401: judged, 429: 1_000 - judged });
    await sql("update accounts.failures set locked_until = now() + interval '1 minute'");
    const right = await till.client.post("/till/shift", { personId: victim, pin });
    expect([right.status, right.body.code]).toEqual([429, "accounts.locked"]);
    expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await tap(other, till)).toBe(200);
    expect(await tap(victim, elsewhere)).toBe(200);
    expect((await till.client.get("/till/shift")).body.personId).toBe(other);
  });
  test("each wait is twice the one before, to 15 minutes; an approval counts as well", async () => {
    const person = await tills.person(here, pin);
    const waits = [];
    for (let n = 0; n < 16; n++) {
      const body = { approverId: person, pin: "6000", permission: "sales.void", subjectId: noId };
      const path = n % 2 === 0 ? "/till/shift" : "/till/approvals";
      const ask = n % 2 === 0 ? { personId: person, pin: "6000" } : body;
      expect((await till.client.post(path, ask)).status).toBe(401);
      const [row] = await sql<{ wait: number }>(
        `update accounts.failures set locked_until = null where subject = $1
         returning round(extract(epoch from (select f.locked_until - f.last_at
           from accounts.failures f where f.subject = $1)))::integer as wait`,
        [`pin ${till.deviceId} ${person}`],
      );
      waits.push(row?.wait);
    }
    expect(waits.slice(5)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]);
    expect(await tap(person, till)).toBe(200);
    expect(
      await sql("select from accounts.failures where subject like $1", [`%${person}`]),
    ).toEqual([]);
  });
});

describe("one's own PIN", () => {
  test("runs and repetitions are refused, everything else is not", async () => {
    for (const each of ["0000", "1234", "4321", "8901", "2109", "1212", "123123", "87654321"]) {
      expect([each, isWeakPin(each)]).toEqual([each, true]);
    }
    for (const each of ["5290", "1243", "00001", "13579", "12345679"]) {
      expect([each, isWeakPin(each)]).toEqual([each, false]);
    }
    const person = await tills.person(here);
    const asked = tills.asPerson(person);
    const refused = await asked.ask("PUT", "/pin", { body: { pin: "1234" } });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, "/pin"]);
    expect((await asked.ask("PUT", "/pin", { body: { pin } })).status).toBe(204);
    expect(await tap(person, till)).toBe(200);
  });
  test("is set by whoever shows their password, if they have one, and few guesses at it", async () => {
    const person = await addPerson(tills, "cashier");
    const open = await signedInClient(tills, person);
    const put = (more: object) => open.ask("PUT", "/pin", { body: { pin, ...more } });
    const refusals = [await put({}), await put({ currentPassword: "not this one" })];
    expect(refusals.map(({ status, body }) => [status, body.errors[0].code])).toEqual([
      [422, "accounts.password_missing"],
      [422, "accounts.password_wrong"],
    ]);
    expect(refusals.map(({ body }) => body.errors[0].pointer)).toEqual(
      Array(2).fill("/currentPassword"),
    );
    expect(await tap(person.id, till)).toBe(401);
    expect((await put({ currentPassword: testPassword })).status).toBe(204);
    expect(await tap(person.id, till)).toBe(200);
    const statuses = [];
    for (let n = 0; n < 8; n++)
      statuses.push((await put({ currentPassword: `guess ${n}` })).status);
    expect(statuses.slice(0, 6)).toEqual(Array(6).fill(422));
    expect(statuses.slice(6)).toEqual([429, 429]);
    expect((await put({ currentPassword: testPassword })).body.code).toBe("accounts.locked");
  });
  test("is set by a person only", async () => {
    const { key } = await make(client, "/keys", { name: "x", scopes: ["accounts.change"] }, {});
    const put = async (who: typeof client) =>
      (await who.ask("PUT", "/pin", { body: { pin } })).status;
    expect([await put(as({})), await put(as(bearer(key)))]).toEqual([401, 403]);
    await tap(await tills.person(here, pin), till);
    expect(await put(till.client)).toBe(403);
    for (const wrong of ["529", "123456789", "52a0", ""]) {
      const { status } = await client.ask("PUT", "/pin", { body: { pin: wrong } });
      expect(status).toBe(422);
    }
  });
  test("a new one ends the shifts that the old one began, and is nowhere to be read", async () => {
    const person = await tills.person(here, "83025417");
    expect(await tap(person, till, "83025417")).toBe(200);
    await setPin(tills.ctxOf(person), { pin: "60718294" });
    expect((await till.client.get("/till/shift")).body.personId).toBeNull();
    expect(await tap(person, till, "83025417")).toBe(401);
    expect(await tap(person, till, "60718294")).toBe(200);
    const kept = await sql(
      "select p::text from devices.pins p union select e::text from audit.entries e",
    );
    expect(JSON.stringify(kept)).not.toContain("60718294");
    const deeds = await sql<{ action: string }>(
      "select action from audit.entries where subject_id = $1",
      [person],
    );
    expect(deeds.map(({ action }) => action)).toEqual(["pin.set", "pin.set"]);
  });
});

describe("somebody else's PIN", () => {
  const keyAt = async (scopes: string[], siteIds?: string[]) =>
    as(
      bearer(
        (await make(client, "/keys", { name: "x", scopes, ...(siteIds && { siteIds }) }, {})).key,
      ),
    );
  const remove = async (who: typeof client, id: string) =>
    (await who.ask("DELETE", `/accounts/${id}/pin`)).status;

  test("a manager takes it away where the person has a role, and them from the till", async () => {
    const manager = await keyAt(["accounts.change", "accounts.read"], [shop.siteId]);
    const person = await tills.person([...here, { role: "baker", siteId: otherShop.siteId }], pin);
    await tap(person, till);
    expect([await remove(manager, person), await remove(manager, person)]).toEqual([204, 204]);
    expect((await till.client.get("/till/shift")).body.personId).toBeNull();
    expect(await tap(person, till)).toBe(401);
  });
  test("people of other sites, and of every site, look missing", async () => {
    const manager = await keyAt(["accounts.change"], [shop.siteId]);
    const stranger = await tills.person([{ role: "baker", siteId: otherShop.siteId }], pin);
    const owner = await tills.person([{ role: "owner", siteId: null }], pin);
    for (const id of [stranger, owner, noId]) expect(await remove(manager, id)).toBe(404);
    expect(await tap(owner, till)).toBe(200);
    expect(await remove(client, owner)).toBe(204);
  });
  test("who may only read people does not", async () => {
    const person = await tills.person(here, pin);
    expect(await remove(await keyAt(["accounts.read"]), person)).toBe(403);
    expect(await remove(as({}), person)).toBe(401);
  });
});
