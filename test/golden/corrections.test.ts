import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as bakery from "../harness/bakery.ts";
import { kg } from "../harness/oven.ts";
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

const make = (path: string, body: object) => bakery.make(bench.client, path, { ...body });
const read = (path: string) => bakery.read(bench.client, path);
const worth = async (siteId: string, itemId: string) =>
  Number((await bakery.balanceOf(bench.client, siteId, itemId)).value);

interface Delivery {
  readonly receiptId: string;
  readonly lineId: string;
}

async function deliver(
  siteId: string,
  itemId: string,
  quantity: string,
  totalCost: string,
): Promise<Delivery> {
  const line = { itemId, quantity, totalCost };
  const receipt = await bakery.receive(bench.client, siteId, [line]);
  return { receiptId: receipt.id, lineId: receipt.lines[0].id };
}

/** What a late price answers, without zeros. */
async function correct({ receiptId, lineId }: Delivery, totalCost: string) {
  const body = { lines: [{ lineId, totalCost }] };
  const correction = await make(`/receipts/${receiptId}/price-corrections`, body);
  const wentTo = Object.entries(correction.wentTo).map(([kind, value]) => [kind, Number(value)]);
  return {
    id: correction.id as string,
    difference: Number(correction.difference),
    ...Object.fromEntries(wentTo.filter(([, value]) => value !== 0)),
  };
}

async function productOf(itemId: string, yields: string, quantity: string) {
  const { client } = bench;
  const product = await bakery.addItem(client, { kind: "product", unit: "piece" });
  const recipe = await make("/recipes", {
    itemId: product,
    yield: { quantity: yields, unit: "piece" },
    ingredients: [{ itemId, quantity, unit: (await read(`/items/${itemId}`)).unit }],
  });
  return { product, recipeId: recipe.id as string };
}

const bake = (siteId: string, recipeId: string, plannedOutput: string, fields: object = {}) =>
  make("/production-runs", { siteId, recipeId, plannedOutput, ...fields });

async function verify(siteId: string): Promise<void> {
  expect(await read(`/stock/verify?siteId=${siteId}`)).toMatchObject({ isSound: true });
}

const costOf = async (saleId: string) =>
  (await read(`/sales/${saleId}`)).lines.map((line: { cost: string }) => Number(line.cost));

describe("a late price (domain rules 4)", () => {
  test("100 kg @ 1.00, 60 used in 30 loaves, 20 sold, now 1.50: 50 = 20 flour + 10 loaves + 20 COGS [E#58550]", async () => {
    const { client } = bench;
    const { siteId } = await bakery.openShop(client);
    const flour = await bakery.addItem(client);
    const delivery = await deliver(siteId, flour, "100", "100.00");
    const { product, recipeId } = await productOf(flour, "30", "60");
    await bake(siteId, recipeId, "30");
    const sale = await bakery.sell(client, siteId, [{ itemId: product, quantity: "20" }]);
    expect(await costOf(sale.id)).toEqual([40]);
    const correction = await correct(delivery, "150.00");
    expect(correction).toMatchObject({ difference: 50, stock: 30, sale: 20 });
    expect([await worth(siteId, flour), await worth(siteId, product)]).toEqual([60, 30]);
    expect(await costOf(sale.id)).toEqual([60]);
    const { data } = await read(`/price-corrections/${correction.id}/costs`);
    expect(data).toMatchObject([
      {
        kind: "sale",
        sourceId: sale.id,
        sourceLineId: sale.lines[0].id,
        quantity: "20",
        value: "20",
      },
    ]);
    const layers = (await read(`/price-corrections/${correction.id}/layers`)).data;
    const kept = layers.map((layer: { itemId: string; value: string }) => [
      layer.itemId,
      layer.value,
    ]);
    expect(kept).toEqual([
      [flour, "20"],
      [product, "10"],
    ]);
    const receipt = await read(`/receipts/${delivery.receiptId}`);
    expect(receipt.lines).toMatchObject([{ totalCost: "100.00", correctedCost: "150.00" }]);
    const list = await read(`/price-corrections?receiptId=${delivery.receiptId}`);
    expect(list.data.map((each: { id: string }) => each.id)).toEqual([correction.id]);
    await verify(siteId);
  });

  test("wasted, counted and returned parts each get their own kind; the abnormal part of a run is a loss", async () => {
    const { client } = bench;
    const { siteId } = await bakery.openShop(client);
    const flour = await bakery.addItem(client);
    const delivery = await deliver(siteId, flour, "100", "100.00");
    const { recipeId } = await productOf(flour, "50", "50");
    await bake(siteId, recipeId, "50", { actualOutput: "40" });
    const waste = { itemId: flour, quantity: "10" };
    await make("/stock/waste", { siteId, reason: "wet", lines: [waste] });
    await make("/stock/counts", { siteId, lines: [{ itemId: flour, counted: "35" }] });
    expect(await correct(delivery, "200.00")).toMatchObject({
      difference: 100,
      stock: 35 + 40,
      waste: 10,
      count: 5,
      loss: 10,
    });
    await verify(siteId);
  });

  test("a run that nothing good came out of bears it as a loss, and is not reversed after", async () => {
    const { client } = bench;
    const { siteId } = await bakery.openShop(client);
    const flour = await bakery.addItem(client);
    const delivery = await deliver(siteId, flour, "10", "10.00");
    const { recipeId } = await productOf(flour, "1", "1");
    const run = await bake(siteId, recipeId, "4", { actualOutput: "0" });
    expect(await correct(delivery, "30.00")).toMatchObject({ stock: 12, loss: 8 });
    const reverse = `/production-runs/${run.id}/reverse`;
    const refused = await client.ask("POST", reverse, { body: {}, headers: bakery.key() });
    expect([refused.status, refused.body.code]).toEqual([409, "stock.not_whole"]);
    expect(await correct(delivery, "10.00")).toMatchObject({ stock: -12, loss: -8 });
    await make(reverse, {});
    expect(await worth(siteId, flour)).toBe(10);
    await verify(siteId);
  });

  test("it goes through two runs; by-products keep their value, and a reversed run gets nothing", async () => {
    const { client } = bench;
    const { siteId } = await bakery.openShop(client);
    const flour = await bakery.addItem(client);
    const crumb = await bakery.addItem(client);
    const delivery = await deliver(siteId, flour, "100", "100.00");
    const dough = await productOf(flour, "10", "10");
    const loaf = await productOf(dough.product, "1", "2");
    const reversed = await bake(siteId, dough.recipeId, "7");
    await make(`/production-runs/${reversed.id}/reverse`, {});
    const byProducts = [{ itemId: crumb, quantity: "2", value: "3.00" }];
    await bake(siteId, dough.recipeId, "80", { byProducts });
    await bake(siteId, loaf.recipeId, "30");
    const sale = await bakery.sell(client, siteId, [{ itemId: loaf.product, quantity: "12" }]);
    expect(await correct(delivery, "200.00")).toMatchObject({ stock: 76, sale: 24 });
    expect(await worth(siteId, flour)).toBe(40);
    expect(await worth(siteId, crumb)).toBe(3);
    expect(await worth(siteId, dough.product)).toBe((77 * 20) / 80 + 20);
    expect(await worth(siteId, loaf.product)).toBe((77 * 36) / 80 + 36);
    expect(await costOf(sale.id)).toEqual([(77 * 24) / 80 + 24]);
    await verify(siteId);
  });

  test("when by-products are dear and the price falls to 0 the run gains what its output cannot bear", async () => {
    const { client } = bench;
    const { siteId } = await bakery.openShop(client);
    const milk = await bakery.addItem(client);
    const whey = await bakery.addItem(client);
    const delivery = await deliver(siteId, milk, "10", "10.00");
    const { product, recipeId } = await productOf(milk, "10", "10");
    await bake(siteId, recipeId, "10", {
      byProducts: [{ itemId: whey, quantity: "5", value: "8.00" }],
    });
    await bakery.sell(client, siteId, [{ itemId: product, quantity: "3" }]);
    const correction = await correct(delivery, "0.00");
    expect(correction).toMatchObject({ difference: -10, stock: -1.4, sale: -0.6, loss: -8 });
    expect([await worth(siteId, product), await worth(siteId, whey)]).toEqual([0, 8]);
    await verify(siteId);
  });

  test("made-to-order sales bear it by their ingredients; two lots in one run each reach the loaves once", async () => {
    const { client } = bench;
    const { siteId } = await bakery.openShop(client);
    const flour = await bakery.addItem(client);
    const receipt = await bakery.receive(client, siteId, [
      { itemId: flour, quantity: "10", totalCost: "10.00" },
      { itemId: flour, quantity: "10", totalCost: "20.00" },
    ]);
    const toast = await bakery.addItem(client, {
      kind: "product",
      unit: "piece",
      stocking: "made_to_order",
    });
    const ingredients = [kg(flour, "1")];
    await make("/recipes", { itemId: toast, yield: { quantity: "1", unit: "piece" }, ingredients });
    const { product, recipeId } = await productOf(flour, "1", "1");
    const sale = await bakery.sell(client, siteId, [{ itemId: toast, quantity: "5" }]);
    await bake(siteId, recipeId, "12");
    const lines = receipt.lines.map((line: { id: string }, index: number) => {
      return { lineId: line.id, totalCost: ["30.00", "10.00"][index] };
    });
    const body = { lines };
    const correction = await make(`/receipts/${receipt.id}/price-corrections`, body);
    expect(correction).toMatchObject({
      difference: "10.00",
      wentTo: { stock: "0", sale: "10", loss: "0" },
    });
    expect(await costOf(sale.id)).toEqual([15]);
    expect(await worth(siteId, product)).toBe(5 * 3 + 7 * 1);
    expect(await worth(siteId, flour)).toBe(3);
    await verify(siteId);
  });

  test("what it added to a sale goes back with the void; what it took away, too", async () => {
    const { client } = bench;
    const { siteId } = await bakery.openShop(client);
    const flour = await bakery.addItem(client);
    const delivery = await deliver(siteId, flour, "3", "10.00");
    const sale = await bakery.sell(client, siteId, [{ itemId: flour, quantity: "2" }]);
    await correct(delivery, "20.00");
    expect(await costOf(sale.id)).toEqual([13.333334]);
    await make(`/sales/${sale.id}/void`, { reason: "wrong" });
    expect(await worth(siteId, flour)).toBe(20);
    expect(await costOf(sale.id)).toEqual([13.333334]);
    const again = await bakery.sell(client, siteId, [{ itemId: flour, quantity: "3" }]);
    expect(await correct(delivery, "0.00")).toMatchObject({ difference: -20, sale: -20 });
    await make(`/sales/${again.id}/void`, { reason: "wrong" });
    expect(await worth(siteId, flour)).toBe(0);
    expect((await bakery.balanceOf(client, siteId, flour)).quantity).toBe("3");
    await verify(siteId);
  });

  test("a price put back leaves every layer as it was", async () => {
    const { client } = bench;
    const { siteId } = await bakery.openShop(client);
    const flour = await bakery.addItem(client);
    const delivery = await deliver(siteId, flour, "7", "10.00");
    const { product, recipeId } = await productOf(flour, "3", "2");
    const run = await bake(siteId, recipeId, "3");
    const sale = await bakery.sell(client, siteId, [{ itemId: flour, quantity: "2" }]);
    const before = [await worth(siteId, flour), await worth(siteId, product)];
    await correct(delivery, "10.01");
    const refused = await client.ask("POST", `/production-runs/${run.id}/reverse`, {
      body: {},
      headers: bakery.key(),
    });
    expect([refused.status, refused.body.code]).toEqual([409, "stock.not_whole"]);
    await correct(delivery, "10.00");
    expect([await worth(siteId, flour), await worth(siteId, product)]).toEqual(before);
    expect(await costOf(sale.id)).toEqual([2.857143]);
    await make(`/production-runs/${run.id}/reverse`, {});
    await verify(siteId);
  });
});
