import { afterAll, describe, expect, test } from "bun:test";
import { GUEST_ACTOR } from "#platform/context.ts";
import { make } from "../../../test/harness/bakery.ts";
import { testClient } from "../../../test/harness/client.ts";
import { testCredentials } from "../../../test/harness/key.ts";
import { bearer, noId, openTills } from "../../../test/harness/tills.ts";
import { openTestWeb } from "../../../test/harness/web.ts";
import { pairDevice } from "./service/devices.ts";

const tills = await openTills();
const { client, as, sql, shop, otherShop } = tills;
afterAll(() => tills.close());
const [tillId = "", secondTill = ""] = shop.tillIds;
const guest = as({});
const redeem = (code: string) => guest.post("/till-device", { code });
const noTries = () => sql("delete from accounts.failures");
const keyAt = async (scopes: string[], siteIds: string[]) =>
  as(bearer((await make(client, "/keys", { name: "x", scopes, siteIds }, {})).key));

describe("201", () => {
  test("a code pairs a device, however it is typed; key and cookie open the till's routes", async () => {
    const { body: pairing } = await client.post("/till-pairings", { tillId, name: "Tablet" });
    expect(pairing.code).toMatch(/^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/);
    const left = Date.parse(pairing.expiresAt) - Date.now();
    expect(Math.abs(left - 600_000)).toBeLessThan(30_000);
    const typed = ` ${pairing.code.toLowerCase().replace("-", " ")}`;
    const { status, body, headers } = await redeem(typed);
    expect([status, body.tillId, body.siteId]).toEqual([201, tillId, shop.siteId]);
    expect(body.key).toMatch(/^bnt_till_[A-Za-z0-9_-]{43}$/);
    expect(headers.get("set-cookie")).toBe(
      `banneton-till=${body.key}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax`,
    );
    expect((await as(bearer(body.key)).get("/till/shift")).body.personId).toBeNull();
    const asBrowser = as({ cookie: `other=1; banneton-till=${body.key}` });
    expect((await asBrowser.get("/till/shift")).body.deviceId).toBe(body.deviceId);
    const device = (await client.get(`/till-devices/${body.deviceId}`)).body;
    expect(device).toMatchObject({ tillId, name: "Tablet", revokedAt: null });
    const kept = await sql(
      "select d::text from devices.devices d union select p::text from devices.pairings p union select e::text from audit.entries e",
    );
    for (const secret of [body.key, pairing.code]) {
      expect(JSON.stringify(kept)).not.toContain(secret);
    }
  });
  test("with an https address the cookie keeps to this host and to TLS", async () => {
    const config = { ...tills.app.config, publicUrl: "https://bakery.example" };
    const secure = openTestWeb(config.database.url.reveal(), { config });
    try {
      const code = await tills.codeOf(tillId);
      const { headers, body } = await secure.client.post("/till-device", { code });
      expect(headers.get("set-cookie")).toBe(
        `__Host-banneton-till=${body.key}; Path=/; Max-Age=34560000; Secure; HttpOnly; SameSite=Lax`,
      );
      const ask = (name: string) =>
        testClient(secure.web, { cookie: `${name}=${body.key}` }).get("/till/shift");
      expect((await ask("__Host-banneton-till")).body.deviceId).toBe(body.deviceId);
      expect((await ask("banneton-till")).status).toBe(401);
    } finally {
      await secure.close();
    }
  });
  test("of 20 devices that show one code at once, one is paired", async () => {
    const code = await tills.codeOf(tillId);
    const before = await sql("select from devices.devices");
    const ctx = { ...tills.ctxOf("guest"), actor: GUEST_ACTOR };
    const ended = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => pairDevice({ ...ctx, address: `192.0.2.${n}` }, code)),
    );
    const refused = ended.filter((each) => each.status === "rejected");
    expect(refused.map(({ reason }) => reason.code)).toEqual(
      Array(19).fill("devices.code_refused"),
    );
    expect((await sql("select from devices.devices")).length).toBe(before.length + 1);
    await noTries();
  });
  test("of codes made for one till at once, one opens", async () => {
    const codes = await Promise.all(Array.from({ length: 6 }, () => tills.codeOf(secondTill)));
    const statuses = [];
    for (const code of codes) {
      await noTries();
      statuses.push((await redeem(code)).status);
    }
    expect(statuses.sort()).toEqual([201, 401, 401, 401, 401, 401]);
  });
});

describe("200 and 204", () => {
  test("devices are listed at one's own sites only", async () => {
    const mine = await tills.pair(tillId);
    const theirs = await tills.pair(otherShop.tillIds[0]);
    const asHere = await keyAt(["sites.read"], [shop.siteId]);
    const { data } = (await asHere.get("/till-devices?limit=200")).body;
    const ids = data.map((each: { id: string }) => each.id);
    expect([ids.includes(mine.deviceId), ids.includes(theirs.deviceId)]).toEqual([true, false]);
    const ofTill = (await client.get(`/till-devices?tillId=${theirs.tillId}`)).body.data;
    expect(ofTill.map((each: { id: string }) => each.id)).toEqual([theirs.deviceId]);
  });
  test("an unpaired device opens nothing from then on; twice is once; a new code pairs it again", async () => {
    const till = await tills.pair(tillId);
    expect((await till.client.get("/till/shift")).status).toBe(200);
    for (const _ of [1, 2]) {
      expect((await client.ask("DELETE", `/till-devices/${till.deviceId}`)).status).toBe(204);
    }
    expect((await till.client.get("/till/shift")).status).toBe(401);
    const stale = { cookie: `banneton-till=${till.key}` };
    expect((await as(stale).get("/till/shift")).status).toBe(401);
    const code = await tills.codeOf(tillId);
    expect((await as(stale).post("/till-device", { code })).status).toBe(201);
    const deeds = await sql<{ action: string }>(
      "select action from audit.entries where subject_id = $1 order by seq",
      [till.deviceId],
    );
    expect(deeds.map(({ action }) => action)).toEqual(["device.paired", "device.unpaired"]);
  });
});

describe("401", () => {
  test("used, replaced, expired and invented codes look the same", async () => {
    const used = await tills.codeOf(tillId);
    expect((await redeem(used)).status).toBe(201);
    const replaced = await tills.codeOf(tillId);
    const expired = await tills.codeOf(tillId);
    await sql("update devices.pairings set expires_at = now() where till_id = $1", [tillId]);
    for (const code of [used, replaced, expired, "2222-2222"]) {
      await noTries();
      const { status, body } = await redeem(code);
      expect([status, body.code]).toEqual([401, "devices.code_refused"]);
    }
  });
  test("a till out of use pairs no device, and its devices open nothing", async () => {
    const till = await make(client, "/tills", { siteId: shop.siteId, name: "Old" });
    const paired = await tills.pair(till.id);
    const code = await tills.codeOf(till.id);
    await client.delete(`/tills/${till.id}`, till.version);
    expect((await redeem(code)).status).toBe(401);
    expect((await paired.client.get("/till/shift")).status).toBe(401);
  });
  test("an Authorization header goes before the till's cookie, and is never replaced by it", async () => {
    const { key, deviceId } = await tills.pair(tillId);
    const cookie = `banneton-till=${key}`;
    expect((await as({ ...testCredentials, cookie }).get("/till/shift")).status).toBe(403);
    expect((await as({ ...bearer("nonsense"), cookie }).get("/till/shift")).status).toBe(401);
    expect((await as({ cookie }).get("/till/shift")).body.deviceId).toBe(deviceId);
    expect((await as({ cookie: "banneton-till=nonsense" }).get("/till/shift")).status).toBe(401);
  });
});

describe("403, 404, 422", () => {
  test("who may not change tills pairs none; a till of another site looks like none", async () => {
    const reader = await keyAt(["sites.read"], [shop.siteId]);
    expect((await reader.post("/till-pairings", { tillId, name: "x" })).status).toBe(403);
    expect((await guest.post("/till-pairings", { tillId, name: "x" })).status).toBe(401);
    const manager = await keyAt(["tills.change", "sites.read"], [otherShop.siteId]);
    const ask = (id: string) => manager.post("/till-pairings", { tillId: id, name: "x" });
    const [theirs, none] = [await ask(tillId), await ask(noId)];
    expect([theirs.status, theirs.body.errors]).toEqual([422, none.body.errors]);
    const { deviceId } = await tills.pair(tillId);
    for (const id of [deviceId, noId]) {
      expect((await manager.get(`/till-devices/${id}`)).status).toBe(404);
      expect((await manager.ask("DELETE", `/till-devices/${id}`)).status).toBe(404);
    }
    expect((await reader.ask("DELETE", `/till-devices/${deviceId}`)).status).toBe(403);
  });
});

describe("429", () => {
  test("after some wrong codes an address waits, also with the right one", async () => {
    const code = await tills.codeOf(tillId);
    await noTries();
    const statuses = [];
    for (let n = 0; n < 40; n++) statuses.push((await redeem("2222-2222")).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(6);
    expect(statuses.slice(6).every((status) => status === 429)).toBe(true);
    const { status, headers } = await redeem(code);
    expect(status).toBe(429);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    await noTries();
    expect((await redeem(code)).status).toBe(201);
  });
});
