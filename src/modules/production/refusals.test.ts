import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { bake, codeOf, openOven, reverseRun } from "../../../test/harness/oven.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
let client: TestWeb["client"];

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  client = web.client;
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

const openBakery = (...fields: object[]) => openOven(client, ...fields);
const run = (body: object, headers = bakery.key()) => bake(client, body, headers);
const reverse = (id: string, headers = bakery.key()) => reverseRun(client, id, headers);

describe("404", () => {
  test("a run that is not there is not found", async () => {
    expect((await client.get(`/production-runs/${newId()}`)).status).toBe(404);
    expect((await reverse(newId())).status).toBe(404);
  });
});

describe("400 and 409", () => {
  test("a run without a key is refused", async () => {
    const { siteId, recipeId } = await openBakery();
    expect(
      (await client.post("/production-runs", { siteId, recipeId, plannedOutput: "1" })).status,
    ).toBe(400);
  });

  test("a run whose output was touched, or that is reversed, is not reversed", async () => {
    const { siteId, loaf, recipeId } = await openBakery();
    const { body: sold } = await run({ siteId, recipeId, plannedOutput: "10" });
    await bakery.sell(client, siteId, [{ itemId: loaf, quantity: "1" }]);
    expect(codeOf(await reverse(sold.id))).toEqual(["stock.not_whole"]);
    const { body: whole } = await run({ siteId, recipeId, plannedOutput: "10" });
    await reverse(whole.id);
    expect(codeOf(await reverse(whole.id))).toEqual(["production.reversed"]);
  });

  test("an id in use is refused", async () => {
    const { siteId, recipeId } = await openBakery();
    const body = { id: newId(), siteId, recipeId, plannedOutput: "1" };
    expect((await run(body)).status).toBe(201);
    expect(codeOf(await run(body))).toEqual(["production.id_taken"]);
  });
});

describe("422", () => {
  test("each field that is wrong is named", async () => {
    const { siteId, flour, loaf, recipeId } = await openBakery();
    const base = { siteId, recipeId, plannedOutput: "1" };
    const at = async (more: object) => codeOf(await run({ ...base, ...more }));
    expect(await at({ siteId: newId() })).toEqual(["sites.site_unknown", "/siteId"]);
    expect(await at({ recipeId: newId() })).toEqual(["recipes.unknown", "/recipeId"]);
    expect(await at({ version: 2 })).toEqual(["recipes.version_unknown", "/version"]);
    expect(await at({ plannedOutput: "0" })).toEqual(["http.validation", "/plannedOutput"]);
    expect(await at({ plannedOutput: "999999999999" })).toEqual([
      "recipes.too_large",
      "/plannedOutput",
    ]);
    expect(await at({ consumed: [{ itemId: newId(), quantity: "1" }] })).toEqual([
      "production.item",
      "/consumed/0/itemId",
    ]);
    const twice = { itemId: flour, quantity: "1" };
    expect(await at({ consumed: [twice, twice] })).toEqual([
      "production.item_twice",
      "/consumed/1/itemId",
    ]);
    expect(await at({ byProducts: [{ itemId: loaf, quantity: "1", value: "1" }] })).toEqual([
      "production.by_product",
      "/byProducts/0/itemId",
    ]);
    const dear = [{ itemId: flour, quantity: "1", value: "2.000001" }];
    expect(await at({ byProducts: dear })).toEqual(["production.by_products_value", "/byProducts"]);
    expect(await at({ effectiveAt: new Date(Date.now() + 600_000).toISOString() })).toEqual([
      "stock.moment",
      "/effectiveAt",
    ]);
    expect(await at({ consumed: [{ itemId: flour, quantity: "101" }] })).toEqual([
      "stock.short",
      "/consumed/0/quantity",
    ]);
  });
});
