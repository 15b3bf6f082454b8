import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
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

const aProduct = (more: object = {}) => bakery.addItem(client, { kind: "product", ...more });
const kg = (itemId: string, quantity: string) => ({ itemId, quantity, unit: "kg" });
const recipeOf = (itemId: string, ingredients: object[], more: object = {}) => ({
  itemId,
  yield: { quantity: "10", unit: "kg" },
  ingredients,
  ...more,
});
const write = (itemId: string, ingredients: object[], more: object = {}) =>
  client.post("/recipes", recipeOf(itemId, ingredients, more));
const codeOf = (answer: { body: { code: string; errors: { pointer: string }[] } }) => [
  answer.body.code,
  ...answer.body.errors.map((each) => each.pointer),
];

describe("201", () => {
  test("a recipe comes back as it was written, decimals trimmed", async () => {
    const [flour, rye, water, dough] = await Promise.all([
      bakery.addItem(client),
      bakery.addItem(client),
      bakery.addItem(client, { unit: "l", density: "1", stocking: "none" }),
      aProduct(),
    ]);
    const made = await write(
      dough,
      [
        { itemId: flour, bakersPercent: "80.0", flour: true },
        { itemId: rye, bakersPercent: 20, flour: true },
        { itemId: water, bakersPercent: "65" },
      ],
      { bakeLoss: "0.120", labourMinutes: 30 },
    );
    expect(made.status).toBe(201);
    expect(made.headers.get("etag")).toBe('"1"');
    expect(made.body).toMatchObject({
      itemId: dough,
      recipeVersion: 1,
      yield: { quantity: "10", unit: "kg" },
      bakeLoss: "0.12",
      handlingLoss: "0",
      labourMinutes: "30",
      archived: false,
      version: 1,
    });
    expect(made.body.ingredients[0]).toEqual({
      itemId: flour,
      quantity: null,
      unit: null,
      bakersPercent: "80",
      flour: true,
    });
    const found = await client.get(`/recipes/${made.body.id}`);
    expect(found.body).toEqual(made.body);
    expect((await client.get(`/recipes?itemId=${dough}`)).body.data).toEqual([made.body]);
  });
});

describe("200", () => {
  test("a change is a new version and the one before stays as it was", async () => {
    const [flour, bread] = [await bakery.addItem(client), await aProduct()];
    const { body: first } = await write(bread, [kg(flour, "7")], { overhead: "1.50" });
    const patch = { ingredients: [kg(flour, "8")], bakeLoss: "0.1" };
    const { status, body: second } = await client.patch(`/recipes/${first.id}`, 1, patch);
    expect(status).toBe(200);
    expect(second).toMatchObject({
      recipeVersion: 2,
      version: 2,
      bakeLoss: "0.1",
      overhead: "1.5",
    });
    const { body: versions } = await client.get(`/recipes/${first.id}/versions?limit=1`);
    expect(versions.data[0].recipeVersion).toBe(2);
    const more = await client.get(`/recipes/${first.id}/versions?limit=1&cursor=${versions.next}`);
    expect(more.body.data[0].ingredients).toEqual(first.ingredients);
    const one = await client.get(`/recipes/${first.id}/versions/1`);
    expect(one.body).toEqual(more.body.data[0]);
  });

  test("scaling keeps thirds exact and rounds the sheet to the scale", async () => {
    const [flour, bread] = [await bakery.addItem(client), await aProduct()];
    const more = { yield: { quantity: "3", unit: "kg" }, labourMinutes: "30" };
    const { body: recipe } = await write(bread, [kg(flour, "2")], more);
    const path = `/recipes/${recipe.id}/scale`;
    const { body } = await client.get(`${path}?output=1&resolution=5`);
    expect(body.ingredients[0]).toMatchObject({ quantity: "0.666667", sheetQuantity: "0.665" });
    expect(body.labourMinutes).toBe("10");
    expect((await client.get(path)).body.output).toBe("3");
  });

  test("the cost is what a run would pay: FIFO over the layers, null where stock is missing", async () => {
    const { siteId } = await bakery.openShop(client);
    const [flour, salt, bread] = [
      await bakery.addItem(client),
      await bakery.addItem(client),
      await aProduct(),
    ];
    await bakery.receive(client, siteId, [{ itemId: flour, quantity: "3", totalCost: "10.00" }]);
    await bakery.receive(client, siteId, [{ itemId: flour, quantity: "10", totalCost: "50.00" }]);
    const { body: recipe } = await write(bread, [kg(flour, "4"), kg(salt, "0.1")]);
    const path = `/recipes/${recipe.id}/cost?siteId=${siteId}&output=10`;
    const short = (await client.get(path)).body;
    expect(short).toMatchObject({ totalCost: null, unitCost: null, isComplete: false });
    expect(short.ingredients.map((line: { missing: string }) => line.missing)).toEqual([
      "0",
      "0.1",
    ]);
    expect(short.ingredients[0].cost).toBe("15");
    await bakery.receive(client, siteId, [{ itemId: salt, quantity: "3", totalCost: "10.00" }]);
    const whole = (await client.get(path)).body;
    expect(whole).toMatchObject({ totalCost: "15.333333", unitCost: "1.533333", isComplete: true });
  });

  test("as much as can be made can be made, and a step more cannot", async () => {
    const { siteId } = await bakery.openShop(client);
    const [flour, dough] = [await bakery.addItem(client), await aProduct()];
    const loaf = await aProduct({ unit: "piece" });
    await write(dough, [kg(flour, "6")]);
    const pieces = { yield: { quantity: "12", unit: "piece" } };
    const { body: recipe } = await write(loaf, [kg(dough, "10"), kg(flour, "0.5")], pieces);
    await bakery.receive(client, siteId, [{ itemId: flour, quantity: "10", totalCost: "8.00" }]);
    const path = `/recipes/${recipe.id}/can-make?siteId=${siteId}`;
    expect((await client.get(path)).body).toMatchObject({
      output: "0",
      limitedBy: [{ itemId: dough, available: "0" }],
    });
    // 10 ÷ (6.5 ÷ 12) = 18.46 loaves, and whole ones only.
    const exploded = (await client.get(`${path}&explode=true`)).body;
    expect(exploded).toMatchObject({
      output: "18",
      limitedBy: [{ itemId: flour, available: "10" }],
    });
    const run = { siteId, recipeId: recipe.id, explodeShortage: true };
    const over = await client.post(
      "/production-runs",
      { ...run, plannedOutput: "19" },
      bakery.key(),
    );
    expect(codeOf(over)).toEqual(["stock.short", "/plannedOutput"]);
    const enough = { ...run, plannedOutput: "18" };
    expect((await client.post("/production-runs", enough, bakery.key())).status).toBe(201);
  });

  test("allergens are the join of all inputs, through recipes, and unknown is never free", async () => {
    const flour = await bakery.addItem(client, { allergens: { gluten: "contains", milk: "free" } });
    const butter = await bakery.addItem(client, {
      allergens: { milk: "contains", gluten: "free" },
    });
    const salt = await bakery.addItem(client, {
      allergens: { gluten: "free", milk: "free", nuts: "free" },
    });
    const [dough, bun] = [await aProduct(), await aProduct({ shelfLifeDays: 3 })];
    await write(dough, [kg(flour, "6"), kg(butter, "1")]);
    const { body: recipe } = await write(bun, [kg(dough, "5"), kg(salt, "0.1")]);
    const { body } = await client.get(`/recipes/${recipe.id}/allergens`);
    expect(body.allergens).toEqual({ gluten: "contains", milk: "contains" });
    expect(body.shelfLifeDays).toBe(3);
  });
});

describe("204", () => {
  test("an archived recipe stays readable, and the item may have another", async () => {
    const [flour, bread] = [await bakery.addItem(client), await aProduct()];
    const { body: old } = await write(bread, [kg(flour, "7")]);
    expect(codeOf(await write(bread, [kg(flour, "8")]))).toEqual(["recipes.exists"]);
    expect((await client.delete(`/recipes/${old.id}`, 1)).status).toBe(204);
    expect((await client.get(`/recipes/${old.id}`)).body).toMatchObject({
      archived: true,
      recipeVersion: 1,
    });
    expect((await write(bread, [kg(flour, "8")])).status).toBe(201);
    expect(codeOf(await client.patch(`/recipes/${old.id}`, 2, { bakeLoss: "0.1" }))).toEqual([
      "recipes.archived",
    ]);
  });
});

describe("404", () => {
  test("a recipe or version that is not there is not found", async () => {
    const [flour, bread] = [await bakery.addItem(client), await aProduct()];
    const { body } = await write(bread, [kg(flour, "7")]);
    expect((await client.get(`/recipes/${newId()}`)).status).toBe(404);
    expect((await client.get(`/recipes/${newId()}/scale`)).status).toBe(404);
    expect((await client.get(`/recipes/${body.id}/versions/2`)).status).toBe(404);
    expect((await client.get(`/recipes/${body.id}/scale?version=2`)).status).toBe(404);
  });
});

describe("409", () => {
  test("a cycle is refused, direct or through others", async () => {
    const [a, b, c] = [await aProduct(), await aProduct(), await aProduct()];
    expect(codeOf(await write(a, [kg(a, "1")]))).toEqual(["recipes.cycle"]);
    await write(a, [kg(b, "1")]);
    await write(b, [kg(c, "1")]);
    expect(codeOf(await write(c, [kg(a, "1")]))).toEqual(["recipes.cycle"]);
  });

  test("two saves that only together make a cycle: one of them is refused", async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b] = [await aProduct(), await aProduct()];
      const saves = await Promise.all([write(a, [kg(b, "1")]), write(b, [kg(a, "1")])]);
      expect(saves.map((each) => each.status).sort()).toEqual([201, 409]);
    }
  });

  test("nesting has a limit, from above and from below", async () => {
    const chain: string[] = [];
    for (let index = 0; index < 22; index++) chain.push(await aProduct());
    for (let index = 0; index < 20; index++) {
      const saved = await write(chain[index] ?? "", [kg(chain[index + 1] ?? "", "1")]);
      expect(saved.status).toBe(201);
    }
    const below = await write(chain[20] ?? "", [kg(chain[21] ?? "", "1")]);
    expect(codeOf(below)).toEqual(["recipes.too_deep"]);
    const above = await write(await aProduct(), [kg(chain[0] ?? "", "1")]);
    expect(codeOf(above)).toEqual(["recipes.too_deep"]);
  });

  test("an id in use is refused", async () => {
    const [flour, bread, id] = [await bakery.addItem(client), await aProduct(), newId()];
    expect((await write(bread, [kg(flour, "7")], { id })).status).toBe(201);
    expect(codeOf(await write(await aProduct(), [kg(flour, "7")], { id }))).toEqual([
      "recipes.id_taken",
    ]);
  });
});

describe("412 and 428", () => {
  test("a change of a version that is not the latest is refused", async () => {
    const [flour, bread] = [await bakery.addItem(client), await aProduct()];
    const { body } = await write(bread, [kg(flour, "7")]);
    await client.patch(`/recipes/${body.id}`, 1, { bakeLoss: "0.1" });
    expect((await client.patch(`/recipes/${body.id}`, 1, { bakeLoss: "0.2" })).status).toBe(412);
    const without = await client.ask("PATCH", `/recipes/${body.id}`, { body: { bakeLoss: "0.2" } });
    expect(without.status).toBe(428);
  });
});

describe("422", () => {
  test("each field that is wrong is named", async () => {
    const [flour, bread] = [await bakery.addItem(client), await aProduct({ unit: "piece" })];
    const at = async (ingredients: object[], more: object = {}) =>
      codeOf(await write(bread, ingredients, { yield: { quantity: "4", unit: "piece" }, ...more }));
    const percent = { itemId: flour, bakersPercent: "100", flour: true };
    expect(await at([kg(newId(), "1")])).toEqual(["recipes.item", "/ingredients/0/itemId"]);
    expect(await at([{ itemId: flour, quantity: "1", unit: "box" }])).toEqual([
      "catalog.unit_unknown",
      "/ingredients/0/unit",
    ]);
    expect(await at([kg(flour, "1")], { yield: { quantity: "4", unit: "kg" } })).toEqual([
      "catalog.unit_unknown",
      "/yield/unit",
    ]);
    expect(await at([percent])).toEqual(["recipes.yield_weight", "/yield/unit"]);
    expect(await at([{ ...percent, bakersPercent: "90" }])).toEqual([
      "recipes.flour",
      "/ingredients",
    ]);
    expect(await at([kg(flour, "1")], { bakeLoss: "1" })).toEqual(["recipes.loss", "/bakeLoss"]);
    expect(await at([{ itemId: flour, quantity: "0.0001", unit: "g" }])).toEqual([
      "recipes.too_small",
      "/ingredients/0/quantity",
    ]);
    expect(await at([{ itemId: flour }])).toEqual(["http.validation", "/ingredients/0"]);
    expect(await at([kg(flour, "1")], { wat: 1 })).toEqual(["http.validation", "/wat"]);
  });

  test("a look at a site that is not in use is refused", async () => {
    const [flour, bread] = [await bakery.addItem(client), await aProduct()];
    const { body } = await write(bread, [kg(flour, "7")]);
    const answer = await client.get(`/recipes/${body.id}/cost?siteId=${newId()}`);
    expect(codeOf(answer)).toEqual(["sites.site_unknown", "/query/siteId"]);
    expect((await client.get(`/recipes/${body.id}/scale?output=0`)).status).toBe(422);
  });
});
