import { afterAll, describe, expect, test } from "bun:test";
import { permissionNames } from "#modules/access/index.ts";
import { newId } from "#platform/id.ts";
import { make } from "../../../test/harness/bakery.ts";
import { testActor, testKey } from "../../../test/harness/key.ts";
import { bearer, noId, openTills } from "../../../test/harness/tills.ts";

const tills = await openTills();
const { client, as, sql, shop, otherShop } = tills;
afterAll(() => tills.close());

const issue = (fields: object = {}) =>
  make(client, "/keys", { name: "Shop", scopes: ["settings.read"], ...fields }, {});
const keeper = (siteIds?: string[]) =>
  issue({ scopes: ["keys.read", "keys.change", "settings.read"], ...(siteIds && { siteIds }) });

describe("201", () => {
  test("a key is whole in the answer that issues it, and nowhere else", async () => {
    const { status, body, headers } = await client.post("/keys", {
      name: "Shop",
      scopes: ["settings.read"],
    });
    expect(status).toBe(201);
    expect(body.key).toMatch(/^bnt_key_[A-Za-z0-9_-]{43}$/);
    expect(body).toMatchObject({ createdBy: testActor, siteIds: null, revokedAt: null });
    expect(headers.get("location")).toBe(`/api/v1/keys/${body.id}`);
    const secret = body.key.slice(body.prefix.length);
    const shown = [
      await client.get(`/keys/${body.id}`),
      await client.get("/keys?limit=200"),
      await client.patch(`/keys/${body.id}`, 1, { name: "Web shop" }),
    ];
    for (const answer of shown) expect(JSON.stringify(answer.body)).not.toContain(secret);
    const rows = await sql(
      "select k::text from keys.keys k union select e::text from audit.entries e",
    );
    expect(JSON.stringify(rows)).not.toContain(secret);
  });
  test("it opens what it was issued for, and no more", async () => {
    const { key } = await issue();
    const asKey = as(bearer(key));
    expect((await asKey.get("/settings")).status).toBe(200);
    const { status, body } = await asKey.get("/keys");
    expect([status, body.code]).toEqual([403, "access.forbidden"]);
  });
  test("issue, rename and revocation are in the audit, by ids and scopes", async () => {
    const { id } = await issue({ siteIds: [shop.siteId] });
    await client.patch(`/keys/${id}`, 1, { name: "Other" });
    await client.ask("DELETE", `/keys/${id}`);
    await client.ask("DELETE", `/keys/${id}`);
    const deeds = await sql<{ action: string }>(
      "select action, actor_id, after from audit.entries where subject_id = $1 order by seq",
      [id],
    );
    expect(deeds.map(({ action }) => action)).toEqual(["key.issued", "key.renamed", "key.revoked"]);
    expect(deeds[0]).toMatchObject({
      actor_id: testActor,
      after: { scopes: ["settings.read"], siteIds: [shop.siteId] },
    });
  });
});

describe("200", () => {
  test("use is written once a minute, and the request does not wait for it", async () => {
    const { id, key } = await issue();
    const asKey = as(bearer(key));
    const used = async () => (await client.get(`/keys/${id}`)).body.lastUsedAt as string | null;
    await asKey.get("/settings");
    while ((await used()) === null) await Promise.resolve();
    const first = await used();
    await Promise.all(Array.from({ length: 10 }, () => asKey.get("/settings")));
    expect(await used()).toBe(first);
    await sql("update keys.keys set last_used_at = now() - interval '61 seconds' where id = $1", [
      id,
    ]);
    const old = await used();
    await asKey.get("/settings");
    while ((await used()) === old) await Promise.resolve();
    expect((await used())! > first!).toBe(true);
  });
  test("a key of sites is listed for who reads keys at all of them only", async () => {
    const here = await issue({ siteIds: [shop.siteId] });
    const both = await issue({ siteIds: [shop.siteId, otherShop.siteId] });
    const everywhere = await issue();
    const asHere = as(bearer((await keeper([shop.siteId])).key));
    const ids = (await asHere.get("/keys?limit=200")).body.data.map(
      (each: { id: string }) => each.id,
    );
    expect(ids).toContain(here.id);
    expect(ids).not.toContain(both.id);
    expect(ids).not.toContain(everywhere.id);
    const pages = (await asHere.get("/keys?limit=1")).body;
    const next = (await asHere.get(`/keys?limit=1&cursor=${pages.next}`)).body;
    expect(next.data[0].id > pages.data[0].id).toBe(true);
  });
});

describe("204", () => {
  test("a revoked key opens nothing from then on; twice is once", async () => {
    const { id, key } = await issue();
    expect((await as(bearer(key)).get("/settings")).status).toBe(200);
    expect((await client.ask("DELETE", `/keys/${id}`)).status).toBe(204);
    expect((await as(bearer(key)).get("/settings")).status).toBe(401);
    const { revokedAt } = (await client.get(`/keys/${id}`)).body;
    expect((await client.ask("DELETE", `/keys/${id}`)).status).toBe(204);
    expect((await client.get(`/keys/${id}`)).body.revokedAt).toBe(revokedAt);
  });
});

describe("401", () => {
  test("expired, revoked, unknown and mutilated keys open nothing, and say how to send one", async () => {
    const { id, key } = await issue({ expiresAt: new Date(Date.now() + 60_000).toISOString() });
    expect((await as(bearer(key)).get("/settings")).status).toBe(200);
    await sql("update keys.keys set expires_at = now() where id = $1", [id]);
    const wrong = [key, `${key.slice(0, -1)}!`, `bnt_key_${"A".repeat(43)}`, key.slice(0, 14), "x"];
    for (const each of wrong) {
      const { status, headers } = await as(bearer(each)).get("/settings");
      expect([status, headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    }
    expect((await as({ authorization: `Basic ${key}` }).get("/settings")).status).toBe(401);
    expect((await as({}).get("/keys")).status).toBe(401);
  });
});

describe("403", () => {
  test("a key cannot give away more than it has", async () => {
    const asKeeper = as(bearer((await keeper()).key));
    const ask = { name: "More", scopes: ["settings.read", "settings.change"] };
    const { status, body } = await asKeeper.post("/keys", ask);
    expect([status, body.code]).toEqual([403, "keys.scope_exceeds"]);
    expect(body.errors[0].pointer).toBe("/scopes/1");
    expect((await asKeeper.post("/keys", { ...ask, scopes: ["settings.read"] })).status).toBe(201);
  });
  test("a key of some sites makes none for every site", async () => {
    const asKeeper = as(bearer((await keeper([shop.siteId])).key));
    const ask = { name: "All", scopes: ["settings.read"] };
    expect((await asKeeper.post("/keys", ask)).status).toBe(403);
    expect((await asKeeper.post("/keys", { ...ask, siteIds: [shop.siteId] })).status).toBe(201);
  });
  test("who reads keys does not change them", async () => {
    const asReader = as(bearer((await issue({ scopes: ["keys.read"] })).key));
    const { id } = await issue();
    expect((await asReader.get(`/keys/${id}`)).status).toBe(200);
    expect((await asReader.ask("DELETE", `/keys/${id}`)).status).toBe(403);
    expect((await asReader.patch(`/keys/${id}`, 1, { name: "x" })).status).toBe(403);
    expect((await asReader.post("/keys", { name: "x", scopes: ["keys.read"] })).status).toBe(403);
  });
});

describe("404", () => {
  test("a key of another site looks like one that does not exist", async () => {
    const { id } = await issue({ siteIds: [shop.siteId, otherShop.siteId] });
    const asHere = as(bearer((await keeper([shop.siteId])).key));
    const answers = async (key: string) => {
      const all = [
        await asHere.get(`/keys/${key}`),
        await asHere.ask("DELETE", `/keys/${key}`),
        await asHere.patch(`/keys/${key}`, 1, { name: "x" }),
      ];
      return all.map(({ status, body }) => [status, body.code, body.detail]);
    };
    expect(await answers(id)).toEqual(await answers(noId));
    expect((await answers(noId))[0]?.[0]).toBe(404);
    expect((await client.get(`/keys/${id}`)).body.revokedAt).toBeNull();
  });
});

describe("409, 412, 428", () => {
  test("an id in use, a revoked key, an old version and none at all", async () => {
    const id = newId();
    await issue({ id });
    const again = await client.post("/keys", { id, name: "x", scopes: ["settings.read"] });
    expect([again.status, again.body.code]).toEqual([409, "keys.id_taken"]);
    expect((await client.patch(`/keys/${id}`, 7, { name: "x" })).status).toBe(412);
    expect((await client.ask("PATCH", `/keys/${id}`, { body: { name: "x" } })).status).toBe(428);
    await client.ask("DELETE", `/keys/${id}`);
    const revoked = await client.patch(`/keys/${id}`, 2, { name: "x" });
    expect([revoked.status, revoked.body.code]).toEqual([409, "keys.revoked"]);
  });
});

describe("422", () => {
  const refusals: [string, object, string][] = [
    ["an unknown scope", { scopes: ["settings.read", "world.rule"] }, "/scopes/1"],
    ["no scope", { scopes: [] }, "/scopes"],
    ["a site that is not", { siteIds: [noId] }, "/siteIds/0"],
    ["no site", { siteIds: [] }, "/siteIds"],
    ["a past expiry", { expiresAt: "2020-01-01T00:00:00Z" }, "/expiresAt"],
    ["a field nobody knows", { key: testKey }, "/key"],
  ];
  for (const [what, fields, pointer] of refusals) {
    test(`${what} is named`, async () => {
      const ask = { name: "x", scopes: [...permissionNames], ...fields };
      const { status, body } = await client.post("/keys", ask);
      expect([status, body.errors?.[0]?.pointer]).toEqual([422, pointer]);
    });
  }
  test("a site of others looks like one that is not", async () => {
    const asHere = as(bearer((await keeper([shop.siteId])).key));
    const ask = (siteId: string) =>
      asHere.post("/keys", { name: "x", scopes: ["settings.read"], siteIds: [siteId] });
    const [theirs, none] = [await ask(otherShop.siteId), await ask(noId)];
    expect([theirs.status, theirs.body.errors]).toEqual([422, none.body.errors]);
  });
});
