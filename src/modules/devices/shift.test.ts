import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { permissionNames, type Role, roleNames } from "#modules/access/index.ts";
import { make } from "../../../test/harness/bakery.ts";
import { bearer, noId, openTills } from "../../../test/harness/tills.ts";
import { authenticateTill } from "./service/authenticate.ts";
import { removePersonFromTills } from "./service/pins.ts";

const tills = await openTills();
const { client, as, sql, shop, otherShop, app } = tills;
afterAll(() => tills.close());
const pin = "5290";
const till = await tills.pair();
const otherTill = await tills.pair(otherShop.tillIds[0]);
const cashier = await tills.person([{ role: "cashier", siteId: shop.siteId }], pin);
const owner = await tills.person([{ role: "owner", siteId: null }], "7719");
const tap = (personId = cashier, on = till, digits = pin) =>
  on.client.post("/till/shift", { personId, pin: digits });
const worker = async (on = till) => (await on.client.get("/till/shift")).body.personId;
const settings = async (on = till) => (await on.client.get("/settings")).status;
beforeEach(async () => {
  await till.client.ask("DELETE", "/till/shift");
});

describe("who works at a till", () => {
  test("with nobody signed in only the till's own routes open", async () => {
    const { status, body } = await till.client.get("/settings");
    expect([status, body.code]).toEqual([403, "access.forbidden"]);
    expect((await till.client.get("/till/staff")).status).toBe(200);
    expect((await till.client.get("/till/shift")).body).toEqual({
      deviceId: till.deviceId,
      tillId: till.tillId,
      siteId: till.siteId,
      personId: null,
      since: null,
    });
    const actor = await authenticateTill(app, till.key);
    expect(actor).toMatchObject({ kind: "till", id: till.deviceId, grants: [] });
  });
  test("with a PIN somebody works there until they lock it, and it is in the audit", async () => {
    const { status, body } = await tap();
    expect([status, body.personId]).toEqual([200, cashier]);
    expect([await worker(), await settings()]).toEqual([cashier, 200]);
    const actor = await authenticateTill(app, till.key);
    const { deviceId } = till;
    expect(actor).toMatchObject({ id: cashier, scope: `till:${deviceId}`, credentialId: deviceId });
    for (const _ of [1, 2]) {
      expect((await till.client.ask("DELETE", "/till/shift")).status).toBe(204);
    }
    expect([await worker(), await settings()]).toEqual([null, 403]);
    const deeds = await sql(
      `select action, actor_kind, actor_id, credential_id, site_id from audit.entries
       where subject_id = $1 and action like 'shift.%' order by seq desc limit 2`,
      [till.deviceId],
    );
    const common = { actor_kind: "till", credential_id: deviceId, site_id: shop.siteId };
    expect(deeds).toEqual([
      { ...common, action: "shift.ended", actor_id: cashier },
      { ...common, action: "shift.started", actor_id: deviceId },
    ]);
  });
  test("a role of every site counts, here and only for what makes sense at a till", async () => {
    await tap(owner, till, "7719");
    const { grants } = await authenticateTill(app, till.key);
    expect(grants.map(({ siteId }) => siteId)).toEqual([shop.siteId]);
    for (const name of ["accounts.change", "keys.change", "audit.read", "settings.change"]) {
      expect(grants[0]?.permissions.has(name)).toBe(false);
    }
    expect((await till.client.get("/keys")).status).toBe(403);
    expect((await till.client.get("/till-devices")).status).toBe(200);
  });
  test("no role may at a till what it may not elsewhere", async () => {
    const { permissionsAtTill } = await import("./rules.ts");
    const { roles } = await import("#modules/access/index.ts");
    for (const role of roleNames) {
      for (const name of permissionsAtTill(role))
        expect(roles[role as Role]).toContain(name as never);
    }
    expect(permissionsAtTill("owner").size).toBeLessThan(permissionNames.length);
    expect(permissionsAtTill("auditor").has("costs.read")).toBe(false);
  });
  test("staff are those with a role and a PIN here, by name and id only", async () => {
    const baker = await tills.person([{ role: "baker", siteId: otherShop.siteId }], "3917");
    await tills.person([{ role: "baker", siteId: shop.siteId }]);
    const gone = await tills.person([{ role: "baker", siteId: shop.siteId }], "3917");
    await sql("update accounts.people set archived_at = now() where id = $1", [gone]);
    const staff = async (on = till) => (await on.client.get("/till/staff")).body.people;
    expect(await staff()).toEqual([cashier, owner].sort().map((id) => ({ id, name: "Ann" })));
    expect((await staff(otherTill)).map((each: { id: string }) => each.id)).toEqual(
      [baker, owner].sort(),
    );
  });
});

describe("a shift ends", () => {
  const ends: [string, string][] = [
    ["12 hours after it began", "staff_since = now() - interval '12 hours 1 second'"],
    ["30 minutes after the last request", "staff_seen_at = now() - interval '30 minutes 1 second'"],
  ];
  for (const [when, change] of ends) {
    test(when, async () => {
      await tap();
      await sql(`update devices.devices set ${change}, last_used_at = null where id = $1`, [
        till.deviceId,
      ]);
      expect([await settings(), await worker()]).toEqual([403, null]);
      expect(await settings()).toBe(403);
    });
  }
  test("not while requests come: what was seen is written once a minute", async () => {
    await tap();
    const seen = async () => {
      const [row] = await sql<{ seen: string }>(
        "select staff_seen_at as seen from devices.devices where id = $1",
        [till.deviceId],
      );
      return row?.seen ?? "";
    };
    const first = await seen();
    await settings();
    expect(await seen()).toBe(first);
    await sql(
      `update devices.devices set staff_seen_at = now() - interval '29 minutes',
       last_used_at = now() - interval '29 minutes' where id = $1`,
      [till.deviceId],
    );
    expect(await settings()).toBe(200);
    while ((await seen()) < first) await Promise.resolve();
  });
  test("with the person's last role here, their account, and their PIN", async () => {
    const person = await tills.person([{ role: "cashier", siteId: shop.siteId }], pin);
    const roles = "accounts.memberships where person_id = $1";
    await tap(person);
    await sql(`update accounts.people set archived_at = now() where id = $1`, [person]);
    expect([await settings(), (await tap(person)).status]).toEqual([403, 401]);
    await sql(`update accounts.people set archived_at = null where id = $1`, [person]);
    await tap(person);
    expect(await settings()).toBe(200);
    await app.db.withTransaction((tx) => removePersonFromTills(tx, person));
    expect([await settings(), (await tap(person)).status]).toEqual([403, 401]);
    const another = await tills.person([{ role: "cashier", siteId: shop.siteId }], pin);
    await tap(another);
    await sql(`delete from ${roles}`, [another]);
    expect([await settings(), (await authenticateTill(app, till.key)).id]).toEqual([
      403,
      till.deviceId,
    ]);
  });
  test("with the pairing, also for one that starts at the same time", async () => {
    const lost = await tills.pair();
    const starts = Array.from({ length: 4 }, () => tap(cashier, lost));
    await client.ask("DELETE", `/till-devices/${lost.deviceId}`);
    await Promise.all(starts);
    expect((await lost.client.get("/till/shift")).status).toBe(401);
    const [row] = await sql("select staff_id from devices.devices where id = $1", [lost.deviceId]);
    expect(row).toEqual({ staff_id: null });
  });
  test("with a PIN that is taken away, also for one that starts at the same time", async () => {
    for (let round = 0; round < 4; round++) {
      const person = await tills.person([{ role: "cashier", siteId: shop.siteId }], pin);
      await Promise.all([
        tap(person),
        app.db.withTransaction((tx) => removePersonFromTills(tx, person)),
        tap(person, await tills.pair()),
      ]);
      expect(await sql("select from devices.devices where staff_id = $1", [person])).toEqual([]);
    }
  });
});

describe("401 and 403", () => {
  test("a PIN opens nothing without a paired device", async () => {
    const body = { personId: cashier, pin };
    const forged = `bnt_till_${"A".repeat(43)}`;
    for (const headers of [{}, bearer(forged), { cookie: `banneton-till=${forged}` }]) {
      const asked = as(headers);
      expect((await asked.post("/till/shift", body)).status).toBe(401);
      expect((await asked.get("/till/staff")).status).toBe(401);
      const approval = {
        approverId: owner,
        pin: "7719",
        permission: "sales.void",
        subjectId: noId,
      };
      expect((await asked.post("/till/approvals", approval)).status).toBe(401);
    }
    const { status, body: problem } = await client.post("/till/shift", body);
    expect([status, problem.code]).toEqual([403, "devices.till_only"]);
  });
  test("a wrong PIN, no PIN, no such person and no role here look the same", async () => {
    const noPin = await tills.person([{ role: "cashier", siteId: shop.siteId }]);
    const elsewhere = await tills.person([{ role: "cashier", siteId: otherShop.siteId }], pin);
    const answers = [
      await tap(cashier, till, "5291"),
      await tap(noPin),
      await tap(noId),
      await tap(elsewhere),
    ];
    for (const { status, body } of answers) {
      expect([status, body.code]).toEqual([401, "devices.pin_refused"]);
    }
    expect(await worker()).toBeNull();
    expect((await tap(elsewhere, otherTill)).status).toBe(200);
  });
  test("a key limited to sites cannot read another site's devices as a till", async () => {
    const { key } = await make(client, "/keys", { name: "x", scopes: ["sites.read"] }, {});
    expect((await as(bearer(key)).get("/till/shift")).status).toBe(403);
  });
});

test("whoever is invited anew begins without a PIN: the one of before opens nothing", async () => {
  const person = await tills.person([{ role: "cashier", siteId: shop.siteId }], pin);
  expect((await tap(person)).status).toBe(200);
  const email = `${person}@bakery.example`;
  expect((await client.delete(`/accounts/${person}`, 1)).status).toBe(204);
  expect(await worker()).toBeNull();
  const memberships = [{ role: "cashier", siteId: shop.siteId }];
  const { link } = await make(client, "/invitations", { email, memberships });
  const token = link.split("/").at(-1);
  const password = "four loaves at dawn";
  const accepted = { token, name: "Ann", password };
  expect((await as({}).post("/invitations/accept", accepted)).status).toBeLessThan(300);
  expect((await tap(person)).body.code).toBe("devices.pin_refused");
  const { body } = await till.client.get("/till/staff");
  expect(body.people.map(({ id }: { id: string }) => id)).not.toContain(person);
});
