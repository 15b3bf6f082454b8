import { afterAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb } from "../../../test/harness/web.ts";

const database = await testDatabase();
const { client, close } = openTestWeb(database.appUrl);
afterAll(async () => {
  await close();
  await database.drop();
});

const fields = { zone: "Europe/Dublin", cutover: "04:00", pricesIncludeTax: true };
const addSite = (more: object = {}) =>
  client.post("/sites", { ...fields, name: `Site ${newId()}`, ...more });
const siteId = async (): Promise<string> => (await addSite()).body.id;
const addTill = (more: object) => client.post("/tills", { name: "Till 1", ...more });

describe("200", () => {
  test("a patch changes what it names and keeps the rest", async () => {
    const { body: site } = await addSite();
    const { body } = await client.patch(`/sites/${site.id}`, 1, { cutover: "05:30" });
    expect(body).toEqual({ ...site, cutover: "05:30", version: 2 });
    expect((await client.get(`/sites/${site.id}`)).body).toEqual(body);
  });
  test("lists go on where the page before ended, without what is archived", async () => {
    const ids = [await siteId(), await siteId(), await siteId()];
    await client.delete(`/sites/${ids[1]}`, 1);
    const seen = [];
    for (let cursor = ""; ; ) {
      const { data, next } = (await client.get(`/sites?limit=2${cursor}`)).body;
      seen.push(...data.map(({ id }: { id: string }) => id));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(seen.filter((id) => ids.includes(id))).toEqual([ids[0], ids[2]]);
    const { data } = (await client.get("/sites?archived=true&limit=200")).body;
    expect(data.map(({ id }: { id: string }) => id)).toContain(ids[1]);
  });
  test("tills of one site", async () => {
    const [here, there] = [await siteId(), await siteId()];
    const { body: till } = await addTill({ siteId: here });
    await addTill({ siteId: there });
    expect((await client.get(`/tills?siteId=${here}`)).body).toEqual({ data: [till], next: null });
  });
});

describe("201", () => {
  test("a site says where it is and takes the client's id", async () => {
    const id = newId();
    const { headers, body } = await addSite({ id, name: "🥐 brød" });
    expect(headers.get("location")).toBe(`/api/v1/sites/${id}`);
    expect(headers.get("etag")).toBe('"1"');
    const added = { closedThrough: null, archived: false, version: 1 };
    expect(body).toEqual({ ...fields, id, name: "🥐 brød", ...added });
  });
  test("the name of an archived site is free again", async () => {
    const { body: site } = await addSite();
    await client.delete(`/sites/${site.id}`, 1);
    expect((await addSite({ name: site.name })).status).toBe(201);
  });
});

describe("204", () => {
  test("archiving keeps the record", async () => {
    const { body: site } = await addSite();
    expect((await client.delete(`/sites/${site.id}`, 1)).status).toBe(204);
    const { body } = await client.get(`/sites/${site.id}`);
    expect(body).toEqual({ ...site, archived: true, version: 2 });
  });
  test("a till", async () => {
    const { body: till } = await addTill({ siteId: await siteId() });
    expect((await client.delete(`/tills/${till.id}`, 1)).status).toBe(204);
    expect((await client.get(`/tills/${till.id}`)).body.archived).toBe(true);
  });
});

describe("404", () => {
  test("what is not there, whatever is done to it", async () => {
    for (const path of [`/sites/${newId()}`, `/tills/${newId()}`, "/sites/1", "/tills/x"]) {
      expect((await client.get(path)).status).toBe(404);
      expect((await client.patch(path, 1, { name: "x" })).status).toBe(404);
      expect((await client.delete(path, 1)).status).toBe(404);
    }
  });
});

describe("409", () => {
  test("names and ids in use", async () => {
    const { body: site } = await addSite();
    const { body: till } = await addTill({ siteId: site.id });
    expect((await addSite({ name: site.name })).body.code).toBe("sites.site_name_taken");
    expect((await addSite({ id: site.id })).body.code).toBe("sites.site_id_taken");
    expect((await addTill({ siteId: site.id })).body.code).toBe("sites.till_name_taken");
    const other = await addTill({ id: till.id, siteId: site.id, name: "Till 2" });
    expect(other.body.code).toBe("sites.till_id_taken");
  });
  test("changes of what is archived", async () => {
    const site = `/sites/${await siteId()}`;
    await client.delete(site, 1);
    expect((await client.patch(site, 2, { cutover: "01:00" })).body.code).toBe(
      "sites.site_archived",
    );
    expect((await client.delete(site, 2)).body.code).toBe("sites.site_archived");
  });
});

describe("412 and 428", () => {
  test("of many changes of one version one wins", async () => {
    const path = `/sites/${await siteId()}`;
    const change = () => client.patch(path, 1, { cutover: "01:00" });
    const statuses = (await Promise.all(Array.from({ length: 8 }, change))).map(
      (each) => each.status,
    );
    expect(statuses.sort()).toEqual([200, ...Array(7).fill(412)]);
    expect((await client.ask("DELETE", path)).status).toBe(428);
  });
});

describe("422", () => {
  test("zones that nobody knows, or that Postgres reads the other way round", async () => {
    for (const zone of ["Europe/Nowhere", "+02:00", "", "EST5EDT4", "../etc/passwd", "localtime"]) {
      expect([zone, (await addSite({ zone })).status]).toEqual([zone, 422]);
    }
  });
  test("cutovers that no clock shows, blank names, unknown fields", async () => {
    const wrong = [
      { cutover: "24:00" },
      { cutover: "4:00" },
      { name: " " },
      { name: "x".repeat(121) },
    ];
    for (const more of [...wrong, { version: 7 }]) expect((await addSite(more)).status).toBe(422);
  });
  test("a till at a site that is not there or archived", async () => {
    const archived = await siteId();
    await client.delete(`/sites/${archived}`, 1);
    for (const id of [archived, newId()]) {
      expect((await addTill({ siteId: id })).body.errors[0].code).toBe("sites.site_unknown");
    }
  });
});
