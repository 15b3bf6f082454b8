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

const version = async () => (await client.get("/settings")).body.version;
const standard = { code: "standard", rate: "23", validFrom: "2026-01-01" };
const addRate = (fields: object) => client.post("/tax-rates", { ...standard, ...fields });

describe("200", () => {
  test("settings exist before anybody changed them", async () => {
    const { status, headers, body } = await client.get("/settings");
    expect([status, headers.get("etag")]).toEqual([200, '"1"']);
    expect(body).toMatchObject({ currency: "EUR", locale: "en-IE", version: 1 });
  });
  test("a patch changes what it names and keeps the rest", async () => {
    const { body: before } = await client.get("/settings");
    const patch = { locale: "fr-FR" };
    const { body, headers } = await client.patch("/settings", before.version, patch);
    expect(body).toEqual({ ...before, ...patch, version: before.version + 1 });
    expect(headers.get("etag")).toBe(`"${body.version}"`);
  });
  test("of many changes of one version one wins", async () => {
    const before = await version();
    const change = () => client.patch("/settings", before, { locale: "de-DE" });
    const statuses = (await Promise.all(Array.from({ length: 8 }, change))).map(
      (each) => each.status,
    );
    expect(statuses.sort()).toEqual([200, ...Array(7).fill(412)]);
  });
  test("rates come by code and day, page by page", async () => {
    for (const validFrom of ["2026-07-01", "2025-01-01"])
      await addRate({ code: "paged", validFrom });
    const first = (await client.get("/tax-rates?code=paged&limit=1")).body;
    const second = (await client.get(`/tax-rates?code=paged&limit=1&cursor=${first.next}`)).body;
    expect(first.data[0].validFrom).toBe("2025-01-01");
    expect([second.data[0].validFrom, second.next]).toEqual(["2026-07-01", null]);
  });
});

describe("201", () => {
  test("a rate is exact, says where it is, and takes the client's id", async () => {
    const id = newId();
    const { status, headers, body } = await addRate({ id, code: "exact", rate: 10.75 });
    expect([status, headers.get("location")]).toEqual([201, `/api/v1/tax-rates/${id}`]);
    expect(body).toEqual({ id, code: "exact", rate: "10.75", validFrom: "2026-01-01" });
    expect((await client.get(`/tax-rates/${id}`)).body).toEqual(body);
  });
  test("a new day gives a code a new rate beside the old one", async () => {
    await addRate({ code: "raised", rate: "21" });
    await addRate({ code: "raised", rate: "23", validFrom: "2026-09-01" });
    const { data } = (await client.get("/tax-rates?code=raised")).body;
    expect(data.map(({ rate }: { rate: string }) => rate)).toEqual(["21", "23"]);
  });
});

describe("404", () => {
  test("a rate that is not there", async () => {
    expect((await client.get(`/tax-rates/${newId()}`)).body.code).toBe(
      "settings.tax_rate_not_found",
    );
  });
});

describe("405", () => {
  test("a rate never changes and never goes", async () => {
    const path = `/tax-rates/${newId()}`;
    expect((await client.patch(path, 1, { rate: "1" })).status).toBe(405);
    expect((await client.delete(path, 1)).status).toBe(405);
  });
});

describe("409", () => {
  test("a second rate of a code from the same day", async () => {
    await addRate({ code: "twice" });
    expect((await addRate({ code: "twice", rate: "9" })).body.code).toBe(
      "settings.tax_rate_exists",
    );
  });
  test("an id in use", async () => {
    const id = newId();
    await addRate({ id, code: "first" });
    expect((await addRate({ id, code: "second" })).body.code).toBe("settings.tax_rate_id_taken");
  });
});

describe("412 and 428", () => {
  test("settings change only from the version that was read", async () => {
    expect((await client.patch("/settings", 999, { locale: "fr-FR" })).body.code).toBe(
      "settings.stale",
    );
    const unread = await client.ask("PATCH", "/settings", { body: { locale: "fr-FR" } });
    expect(unread.status).toBe(428);
  });
});

describe("422", () => {
  test("currencies and locales that nobody knows", async () => {
    const bodies = [
      { currency: "ZZZ" },
      { currency: "eur" },
      { locale: "x" },
      { locale: "no_NO" },
      {},
    ];
    for (const body of bodies) {
      expect((await client.patch("/settings", await version(), body)).status).toBe(422);
    }
  });
  test("rates outside 0 to 100 and days that do not exist", async () => {
    const wrong = [
      { rate: "-1" },
      { rate: "100.01" },
      { rate: "1e1" },
      { validFrom: "2026-02-30" },
    ];
    for (const fields of wrong) expect((await addRate(fields)).status).toBe(422);
  });
});
