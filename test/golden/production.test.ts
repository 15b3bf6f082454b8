import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as bakery from "../harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

let database: TestDatabase;
let bench: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl);
}, 60_000);

afterAll(async () => {
  await bench.close();
  await database.drop();
});

interface Formula {
  readonly yields: string;
  readonly ingredients: Readonly<Record<string, string>>;
}

/** A product in pieces, and its recipe by pieces. */
async function productOf({ yields, ingredients }: Formula) {
  const { client } = bench;
  const itemId = await bakery.addItem(client, { kind: "product", unit: "piece" });
  const lines = Object.entries(ingredients).map(([id, quantity]) => ({
    itemId: id,
    quantity,
    unit: "piece",
  }));
  const body = { itemId, yield: { quantity: yields, unit: "piece" }, ingredients: lines };
  return { itemId, recipeId: (await bakery.make(client, "/recipes", body)).id as string };
}

describe("what a run costs (domain rules 7)", () => {
  test("13521.26 over 97 in, 1 normal loss, 96 good: 140.846458 each, on the books too [E#33094]", async () => {
    const { client } = bench;
    const { siteId } = await bakery.openShop(client);
    const part = await bakery.addItem(client, { unit: "piece" });
    await bakery.receive(client, siteId, [{ itemId: part, quantity: "97", totalCost: "13521.26" }]);
    const { itemId, recipeId } = await productOf({ yields: "96", ingredients: { [part]: "97" } });
    const body = { siteId, recipeId, plannedOutput: "96" };
    const run = await bakery.make(client, "/production-runs", body);
    expect(run).toMatchObject({ totalCost: "13521.26", unitCost: "140.846458" });
    expect(Number(run.abnormalLoss)).toBe(0);
    const made = await bakery.balanceOf(client, siteId, itemId);
    expect(made).toEqual({ quantity: "96", value: "13521.26" });
    const sale = await bakery.sell(client, siteId, [{ itemId, quantity: "1" }]);
    expect(sale.lines[0].cost).toBe("140.846458");
  });

  test("1 @ 0 and 1 @ 50 make a product of 50: never a unit cost times a quantity [O#267196]", async () => {
    const { client } = bench;
    const { siteId } = await bakery.openShop(client);
    const part = await bakery.addItem(client, { unit: "piece" });
    for (const totalCost of ["0.00", "50.00"]) {
      await bakery.receive(client, siteId, [{ itemId: part, quantity: "1", totalCost }]);
    }
    const { itemId, recipeId } = await productOf({ yields: "1", ingredients: { [part]: "2" } });
    await bakery.make(client, "/production-runs", { siteId, recipeId, plannedOutput: "1" });
    const { value } = await bakery.balanceOf(client, siteId, itemId);
    expect(Number(value)).toBe(50);
  });
});

describe("reversing a run (domain rules 5, 6)", () => {
  test("only while its output is whole; a sold piece, given back, makes it whole again", async () => {
    const { client } = bench;
    const { siteId } = await bakery.openShop(client);
    const part = await bakery.addItem(client, { unit: "piece" });
    await bakery.receive(client, siteId, [{ itemId: part, quantity: "3", totalCost: "10.00" }]);
    const { itemId, recipeId } = await productOf({ yields: "3", ingredients: { [part]: "2" } });
    const body = { siteId, recipeId, plannedOutput: "3" };
    const run = await bakery.make(client, "/production-runs", body);
    const reverse = () =>
      client.ask("POST", `/production-runs/${run.id}/reverse`, { body: {}, headers: bakery.key() });
    const sale = await bakery.sell(client, siteId, [{ itemId, quantity: "1" }]);
    const refused = await reverse();
    expect([refused.status, refused.body.code]).toEqual([409, "stock.not_whole"]);
    await bakery.make(client, `/sales/${sale.id}/void`, { reason: "dropped" });
    expect((await reverse()).status).toBe(200);
    const back = await bakery.balanceOf(client, siteId, part);
    expect([Number(back.quantity), Number(back.value)]).toEqual([3, 10]);
    const made = await bakery.balanceOf(client, siteId, itemId);
    expect([Number(made.quantity), Number(made.value)]).toEqual([0, 0]);
    const again = await reverse();
    expect([again.status, again.body.code]).toEqual([409, "production.reversed"]);
  });

  test("the shortfall it settled reopens, and the next run settles it at its own cost", async () => {
    const { client } = bench;
    const { siteId, tillIds } = await bakery.openShop(client);
    const part = await bakery.addItem(client, { unit: "piece" });
    await bakery.receive(client, siteId, [
      { itemId: part, quantity: "2", totalCost: "2.00" },
      { itemId: part, quantity: "2", totalCost: "5.00" },
    ]);
    const { itemId, recipeId } = await productOf({ yields: "2", ingredients: { [part]: "2" } });
    const through = { tillId: tillIds[0], onShort: "record" };
    const { id } = await bakery.sell(client, siteId, [{ itemId, quantity: "1" }], through);
    const costNow = async () => {
      const [line] = (await bakery.read(client, `/sales/${id}`)).lines;
      return [Number(line.cost), line.costPending, line.shortQuantity];
    };
    const run = (fields: object = {}) =>
      bakery.make(client, "/production-runs", { siteId, recipeId, plannedOutput: "2", ...fields });
    expect(await costNow()).toEqual([0, true, "1"]);
    const first = await run();
    expect(await costNow()).toEqual([1, false, "0"]);
    await bakery.make(client, `/production-runs/${first.id}/reverse`, {});
    expect(await costNow()).toEqual([0, true, "1"]);
    // Without the two cheap ones the next run costs 5.00.
    await bakery.make(client, "/stock/waste", {
      siteId,
      reason: "spoiled",
      lines: [{ itemId: part, quantity: "2" }],
    });
    await run();
    expect(await costNow()).toEqual([2.5, false, "0"]);
    const verified = await bakery.read(client, `/stock/verify?siteId=${siteId}`);
    expect(verified.isSound).toBe(true);
  });
});
