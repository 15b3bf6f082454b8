import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { statement } from "#platform/db.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { bake, codeOf, kg, openOven, reverseRun } from "../../../test/harness/oven.ts";
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

const verify = async (siteId: string) => {
  const { body } = await client.get(`/stock/verify?siteId=${siteId}`);
  return body;
};

const openBakery = (...fields: object[]) => openOven(client, ...fields);
const run = (body: object, headers = bakery.key()) => bake(client, body, headers);
const reverse = (id: string, headers = bakery.key()) => reverseRun(client, id, headers);

const edgesOf = statement(
  "test_edges_of_run",
  `select m.type, g.produced_layer_id as made, g.quantity, g.value from stock.genealogy g
   join stock.movements m on m.id = g.movement_id where m.source_id = $1 order by m.seq, g.quantity`,
);

describe("201", () => {
  test("C 100, expected 50, actual 40: 20 is waste, each of 40 costs 2.00 (domain rules 7)", async () => {
    const { siteId, flour, loaf, recipeId } = await openBakery({ shelfLifeDays: 2 });
    const made = await run({ siteId, recipeId, plannedOutput: "50", actualOutput: "40" });
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/v1/production-runs/${made.body.id}`);
    expect(made.body).toMatchObject({
      plannedOutput: "50",
      expectedOutput: "50",
      actualOutput: "40",
      totalCost: "100",
      abnormalLoss: "20",
      unitCost: "2",
      status: "completed",
      version: 1,
    });
    expect(made.body.consumed).toMatchObject([
      { itemId: flour, plannedQuantity: "100", quantity: "100", value: "100" },
    ]);
    expect(made.body.consumed[0].lots).toMatchObject([{ quantity: "100", value: "100" }]);
    expect(made.body.expiresOn).not.toBeNull();
    expect(await bakery.balanceOf(client, siteId, loaf)).toMatchObject({ quantity: "40" });
    expect((await client.get(`/production-runs/${made.body.id}`)).body).toEqual(made.body);
    expect((await client.get(`/production-runs?siteId=${siteId}`)).body.data).toEqual([made.body]);
    expect(await verify(siteId)).toMatchObject({ isSound: true });
  });

  test("nothing good came out: all is loss, no lot is made", async () => {
    const { siteId, loaf, recipeId } = await openBakery();
    const { body } = await run({ siteId, recipeId, plannedOutput: "50", actualOutput: "0" });
    expect(body).toMatchObject({ abnormalLoss: "100", unitCost: null, lotId: null });
    expect((await bakery.balanceOf(client, siteId, loaf)).quantity).toBe("0");
    expect(await verify(siteId)).toMatchObject({ isSound: true });
  });

  test("labour, overhead and by-products are part of the cost, and edges add up to what was taken", async () => {
    const { siteId, flour, recipeId } = await openBakery(
      {},
      { labourMinutes: "30", overhead: "5" },
    );
    const crumbs = await bakery.addItem(client);
    const settings = (await client.get("/settings")).body;
    const rate = { labourRate: "20" };
    expect((await client.patch("/settings", settings.version, rate)).status).toBe(200);
    const byProducts = [{ itemId: crumbs, quantity: "3", value: "7" }];
    const { body } = await run({ siteId, recipeId, plannedOutput: "25", byProducts });
    // 50 of flour + 15 minutes at 20 an hour + half of 5 − 7.
    expect(body).toMatchObject({
      materials: "50",
      labour: "5",
      overhead: "2.5",
      totalCost: "50.5",
    });
    expect(body.consumed[0]).toMatchObject({ itemId: flour, quantity: "50" });
    const edges = await web.app.db.run<{ quantity: string; value: string }>(edgesOf, [body.id]);
    expect(edges.length).toBe(2);
    const total = edges.reduce((all, edge) => all + BigInt(edge.quantity.replace(".", "")), 0n);
    expect(total).toBe(50_000_000n);
    expect(await verify(siteId)).toMatchObject({ isSound: true });
    await client.patch("/settings", settings.version + 1, { labourRate: "0" });
  });

  test("what the baker says was used replaces only what it names", async () => {
    const { siteId, flour, recipeId } = await openBakery();
    const rye = await bakery.addItem(client);
    await bakery.receive(client, siteId, [{ itemId: rye, quantity: "5", totalCost: "10.00" }]);
    const consumed = [
      { itemId: flour, quantity: "0" },
      { itemId: rye, quantity: "2" },
    ];
    const { body } = await run({ siteId, recipeId, plannedOutput: "5", consumed });
    expect(body.consumed).toMatchObject([
      { itemId: flour, plannedQuantity: "10", quantity: "0", lots: [] },
      { itemId: rye, plannedQuantity: "0", quantity: "2", value: "4" },
    ]);
  });

  test("a sub-recipe is taken from its lots and its shortage from its ingredients", async () => {
    const {
      siteId,
      flour,
      recipeId: doughRecipe,
      loaf: dough,
    } = await openBakery(
      { unit: "kg" },
      {
        yield: { quantity: "50", unit: "kg" },
      },
    );
    const bun = await bakery.addItem(client, { kind: "product", unit: "piece" });
    const { id: recipeId } = await bakery.make(client, "/recipes", {
      itemId: bun,
      yield: { quantity: "10", unit: "piece" },
      ingredients: [kg(dough, "6")],
    });
    await run({ siteId, recipeId: doughRecipe, plannedOutput: "2" });
    const refused = await run({ siteId, recipeId, plannedOutput: "10" });
    expect(codeOf(refused)).toEqual(["stock.short", "/plannedOutput"]);
    const { body } = await run({ siteId, recipeId, plannedOutput: "10", explodeShortage: true });
    expect(body.subRecipes).toEqual([
      { itemId: dough, recipeId: doughRecipe, recipeVersion: 1, quantity: "4" },
    ]);
    expect(body.consumed).toMatchObject([
      { itemId: dough, plannedQuantity: "6", quantity: "2", value: "4" },
      { itemId: flour, quantity: "8", value: "8" },
    ]);
    expect(body.unitCost).toBe("1.2");
    expect(await verify(siteId)).toMatchObject({ isSound: true });
  });

  test("a version named stays the version run, whatever was written since", async () => {
    const { siteId, flour, recipeId } = await openBakery();
    await client.patch(`/recipes/${recipeId}`, 1, { ingredients: [kg(flour, "50")] });
    const old = await run({ siteId, recipeId, version: 1, plannedOutput: "5" });
    expect(old.body).toMatchObject({ recipeVersion: 1, materials: "10" });
    const latest = await run({ siteId, recipeId, plannedOutput: "5" });
    expect(latest.body).toMatchObject({ recipeVersion: 2, materials: "5" });
  });

  test("the same key answers the same run and takes nothing twice", async () => {
    const { siteId, flour, recipeId } = await openBakery();
    const key = bakery.key();
    const first = await run({ siteId, recipeId, plannedOutput: "5" }, key);
    const again = await run({ siteId, recipeId, plannedOutput: "5" }, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect((await bakery.balanceOf(client, siteId, flour)).quantity).toBe("90");
  });

  test("runs of each other's ingredients in opposite order end without a deadlock", async () => {
    const { siteId, flour, recipeId } = await openBakery();
    const rye = await bakery.addItem(client);
    await bakery.receive(client, siteId, [{ itemId: rye, quantity: "100", totalCost: "100.00" }]);
    const other = await bakery.addItem(client, { kind: "product", unit: "piece" });
    const { id: second } = await bakery.make(client, "/recipes", {
      itemId: other,
      yield: { quantity: "50", unit: "piece" },
      ingredients: [kg(rye, "50"), kg(flour, "50")],
    });
    const runs = Array.from({ length: 20 }, (_, index) =>
      run({ siteId, recipeId: index % 2 === 0 ? recipeId : second, plannedOutput: "1" }),
    );
    const statuses = (await Promise.all(runs)).map((each) => each.status);
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(await verify(siteId)).toMatchObject({ isSound: true });
  });
});

describe("200", () => {
  test("a reversed run gives everything back to its own layers, edges too", async () => {
    const { siteId, flour, loaf, recipeId } = await openBakery();
    const before = await bakery.layersOf(client, siteId, flour);
    const { body } = await run({ siteId, recipeId, plannedOutput: "7" });
    const key = bakery.key();
    const reversed = await reverse(body.id, key);
    expect(reversed.status).toBe(200);
    expect(reversed.body).toMatchObject({
      status: "reversed",
      version: 2,
      reversalReason: "twice",
    });
    expect((await reverse(body.id, key)).body).toEqual(reversed.body);
    expect(await bakery.layersOf(client, siteId, flour)).toEqual(before);
    expect((await bakery.balanceOf(client, siteId, loaf)).quantity).toBe("0");
    const edges = await web.app.db.run<{ quantity: string }>(edgesOf, [body.id]);
    expect(edges.map((edge) => edge.quantity)).toEqual(["14.000000", "-14.000000"]);
    expect(await verify(siteId)).toMatchObject({ isSound: true });
  });

  test("a reversed run reopens what its output had settled", async () => {
    const { siteId, tillId, loaf, recipeId } = await openBakery();
    const fields = { tillId, onShort: "record" };
    const sale = await bakery.sell(client, siteId, [{ itemId: loaf, quantity: "3" }], fields);
    const { body } = await run({ siteId, recipeId, plannedOutput: "10" });
    expect((await client.get(`/sales/${sale.id}`)).body.lines[0]).toMatchObject({
      costPending: false,
    });
    expect((await reverse(body.id)).status).toBe(200);
    expect((await client.get(`/sales/${sale.id}`)).body.lines[0]).toMatchObject({
      costPending: true,
      shortQuantity: "3",
    });
    expect(await verify(siteId)).toMatchObject({ isSound: true });
  });
});

test("what a look says a run costs is what the run costs, by FEFO and across layers", async () => {
  const { siteId } = await bakery.openShop(client);
  const categoryId = await bakery.addCategory(client, "fefo");
  const milk = await bakery.addItem(client, { categoryId });
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  for (const [quantity, totalCost, days] of [
    ["3", "10.00", 9],
    ["0.7", "1.01", 5],
    ["7", "9.99", 7],
  ] as const) {
    const line = { itemId: milk, quantity, totalCost, expiresOn: day(days) };
    await bakery.receive(client, siteId, [line]);
  }
  const custard = await bakery.addItem(client, { kind: "product" });
  const { id: recipeId } = await bakery.make(client, "/recipes", {
    itemId: custard,
    yield: { quantity: "3", unit: "kg" },
    ingredients: [kg(milk, "2")],
  });
  for (const output of ["1.1", "0.000007", "5", "3.33", "6"]) {
    const look = (await client.get(`/recipes/${recipeId}/cost?siteId=${siteId}&output=${output}`))
      .body;
    const { body } = await run({ siteId, recipeId, plannedOutput: output });
    expect(body.totalCost).toBe(look.totalCost);
    expect(body.unitCost).toBe(look.unitCost);
  }
});
