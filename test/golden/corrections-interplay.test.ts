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

const make = (path: string, body: object) => bakery.make(bench.client, path, { ...body });
const read = (path: string) => bakery.read(bench.client, path);
const open = () => bakery.openShop(bench.client);
const product = () => bakery.addItem(bench.client, { kind: "product", unit: "piece" });
const worth = async (siteId: string, itemId: string) =>
  Number((await bakery.balanceOf(bench.client, siteId, itemId)).value);
const costOf = async (saleId: string) => Number((await read(`/sales/${saleId}`)).lines[0].cost);
const sell = (siteId: string, itemId: string, quantity: string, fields: object = {}) =>
  bakery.sell(bench.client, siteId, [{ itemId, quantity }], { ...fields });

async function verify(...siteIds: readonly string[]): Promise<void> {
  for (const siteId of siteIds) {
    expect(await read(`/stock/verify?siteId=${siteId}`)).toMatchObject({ isSound: true });
  }
}

/** So much of an item, and how to tell that it costs something else. */
async function deliver(siteId: string, itemId: string, quantity: string, totalCost: string) {
  const line = { itemId, quantity, totalCost };
  const receipt = await bakery.receive(bench.client, siteId, [line]);
  const lineId: string = receipt.lines[0].id;
  return {
    id: receipt.id as string,
    lineId,
    async nowCosts(cost: string) {
      const body = { lines: [{ lineId, totalCost: cost }] };
      const { wentTo } = await make(`/receipts/${receipt.id}/price-corrections`, body);
      const parts = Object.entries(wentTo).map(([kind, value]) => [kind, Number(value)] as const);
      return Object.fromEntries(parts.filter(([, value]) => value !== 0));
    },
  };
}

describe("a late price and what else happens to the goods (domain rules 4, 6)", () => {
  test("transfers follow, to a second site and on to a third", async () => {
    const [first, second, third] = [await open(), await open(), await open()];
    const itemId = await product();
    const delivery = await deliver(first.siteId, itemId, "10", "10.00");
    const carry = (from: string, to: string, quantity: string) =>
      make("/transfers", { fromSiteId: from, toSiteId: to, lines: [{ itemId, quantity }] });
    await carry(first.siteId, second.siteId, "6");
    await carry(second.siteId, third.siteId, "4");
    const sale = await sell(third.siteId, itemId, "3");
    expect(await delivery.nowCosts("20.00")).toEqual({ stock: 7, sale: 3 });
    expect(await worth(first.siteId, itemId)).toBe(8);
    expect(await worth(second.siteId, itemId)).toBe(4);
    expect(await worth(third.siteId, itemId)).toBe(2);
    expect(await costOf(sale.id)).toBe(6);
    expect(await delivery.nowCosts("0.00")).toEqual({ stock: -14, sale: -6 });
    expect(await worth(third.siteId, itemId)).toBe(0);
    await verify(first.siteId, second.siteId, third.siteId);
  });

  test("what was refunded to stock gets it again, what was refunded as waste is waste", async () => {
    const { siteId } = await open();
    const itemId = await product();
    const delivery = await deliver(siteId, itemId, "10", "10.00");
    const sale = await sell(siteId, itemId, "6");
    const [{ id: lineId }] = sale.lines;
    const refund = (quantity: string, disposition: string) =>
      make(`/sales/${sale.id}/refunds`, {
        reason: "burnt",
        lines: [{ lineId, quantity, disposition }],
      });
    await refund("2", "restock");
    await refund("1", "waste");
    await refund("1", "none");
    expect(await delivery.nowCosts("20.00")).toEqual({ stock: 6, sale: 3, waste: 1 });
    expect(await worth(siteId, itemId)).toBe(12);
    // What comes back after the price came is worth what the sale had cost by then.
    await refund("1", "restock");
    expect(await worth(siteId, itemId)).toBe(14);
    expect(await delivery.nowCosts("0.00")).toEqual({ stock: -14, sale: -4, waste: -2 });
    expect(await worth(siteId, itemId)).toBe(0);
    await verify(siteId);
  });

  test("what went back to the supplier bears its part as a return", async () => {
    const { siteId } = await open();
    const itemId = await product();
    const delivery = await deliver(siteId, itemId, "10", "10.00");
    const lines = [{ lineId: delivery.lineId, quantity: "4" }];
    await make(`/receipts/${delivery.id}/reverse`, { lines });
    expect(await delivery.nowCosts("15.00")).toEqual({ stock: 3, return: 2 });
    await make(`/receipts/${delivery.id}/reverse`, {});
    expect(await delivery.nowCosts("10.00")).toEqual({ return: -5 });
    await verify(siteId);
  });

  test("waste that a late price reached is not reversed, until the price is put back", async () => {
    const { client } = bench;
    const { siteId } = await open();
    const itemId = await product();
    const delivery = await deliver(siteId, itemId, "10", "10.00");
    const wasted = { siteId, reason: "wet", lines: [{ itemId, quantity: "3" }] };
    const { id } = await make("/stock/waste", wasted);
    await delivery.nowCosts("20.00");
    const path = `/stock/waste/${id}/reverse`;
    const refused = await client.ask("POST", path, { body: {}, headers: bakery.key() });
    expect([refused.status, refused.body.code]).toEqual([409, "stock.not_whole"]);
    expect(await delivery.nowCosts("10.00")).toEqual({ stock: -7, waste: -3 });
    await make(path, {});
    expect(await worth(siteId, itemId)).toBe(10);
    expect(await delivery.nowCosts("30.00")).toEqual({ stock: 20 });
    await verify(siteId);
  });

  test("a settlement bears it, and gives it back when what it settled is open again", async () => {
    const { client } = bench;
    const { siteId, tillIds } = await open();
    const [itemId, flour] = [await product(), await bakery.addItem(client)];
    await deliver(siteId, flour, "9", "9.00");
    const recipe = await make("/recipes", {
      itemId,
      yield: { quantity: "1", unit: "piece" },
      ingredients: [{ itemId: flour, quantity: "1", unit: "kg" }],
    });
    const bought = await deliver(siteId, itemId, "2", "2.00");
    const first = await sell(siteId, itemId, "2");
    const through = { tillId: tillIds[0], onShort: "record" };
    const sale = await sell(siteId, itemId, "5", through);
    await make(`/sales/${first.id}/void`, { reason: "wrong" });
    // One settlement takes the two that came back and the three that were made.
    const run = { siteId, recipeId: recipe.id, plannedOutput: "3" };
    const { id } = await make("/production-runs", run);
    expect(await costOf(sale.id)).toBe(5);
    expect(await bought.nowCosts("4.00")).toEqual({ sale: 2 });
    expect(await costOf(sale.id)).toBe(7);
    await make(`/production-runs/${id}/reverse`, {});
    // The two are taken again at once, at their price by now.
    expect(await costOf(sale.id)).toBe(4);
    expect(await bought.nowCosts("6.00")).toEqual({ sale: 2 });
    await make("/production-runs", run);
    expect(await costOf(sale.id)).toBe(9);
    await make(`/sales/${sale.id}/void`, { reason: "wrong" });
    expect(await worth(siteId, itemId)).toBe(9);
    await verify(siteId);
  });

  test("stock that is held is adjusted like any other", async () => {
    const { siteId } = await open();
    const itemId = await product();
    const delivery = await deliver(siteId, itemId, "10", "10.00");
    const [layer] = await bakery.layersOf(bench.client, siteId, itemId);
    await make(`/stock/lots/${layer.lotId}/hold`, { reason: "glass" });
    expect(await delivery.nowCosts("12.00")).toEqual({ stock: 2 });
    await verify(siteId);
  });
});
