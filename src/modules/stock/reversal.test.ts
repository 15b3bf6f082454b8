import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { contextOf } from "../../../test/harness/stock-books.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { verifyStock } from "./index.ts";

let database: TestDatabase;
let web: TestWeb;
let siteId: string;
let tillId: string;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  const shop = await bakery.openShop(web.client);
  siteId = shop.siteId;
  tillId = shop.tillIds[0] ?? "";
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

const soon = () => new Date(Date.now() + 240_000).toISOString();
const item = (fields = {}) => bakery.addItem(web.client, fields);
const come = (lines: readonly bakery.ReceivedLine[], fields = {}) =>
  bakery.receive(web.client, siteId, lines, fields);
const balance = (itemId: string) => bakery.balanceOf(web.client, siteId, itemId);
const sell = (itemId: string, quantity: string, fields = {}) =>
  bakery.sell(web.client, siteId, [{ itemId, quantity }], fields);
const sellShort = (itemId: string, quantity: string, fields = {}) =>
  sell(itemId, quantity, { tillId, onShort: "record", ...fields });
const waste = (itemId: string, quantity: string) =>
  bakery.make(web.client, "/stock/waste", {
    siteId,
    reason: "stale",
    lines: [{ itemId, quantity }],
  });
const count = (lines: readonly object[], fields = {}) =>
  bakery.make(web.client, "/stock/counts", { siteId, lines, ...fields });
const reverse = (path: string, body: object = {}) =>
  bakery.make(web.client, `${path}/reverse`, body as Record<string, unknown>);
async function refused(path: string, body: object = {}) {
  const answer = await web.client.ask("POST", `${path}/reverse`, { body, headers: bakery.key() });
  return [answer.status, answer.body.code, answer.body.errors?.[0]?.pointer];
}
async function openShort(itemId: string): Promise<string[]> {
  const page = await bakery.read(web.client, `/shortfalls?itemId=${itemId}&open=true`);
  return page.data.map((each: { openQuantity: string }) => each.openQuantity);
}
async function movementsOf(sourceId: string) {
  return (await bakery.read(web.client, `/stock/movements?sourceId=${sourceId}`)).data;
}
async function expectSound() {
  const found = await verifyStock(contextOf(web.app), { siteId });
  expect(found).toMatchObject({ isSound: true, broken: null });
}

describe("waste goes back once, as a whole (domain 6)", () => {
  test("to its own layers, same quantity and value, and says so", async () => {
    const itemId = await item();
    await come([
      { itemId, quantity: "1", totalCost: "1" },
      { itemId, quantity: "3", totalCost: "10" },
    ]);
    const wasted = await waste(itemId, "2");
    expect(wasted).toMatchObject({ reversedAt: null, reversalReason: null });
    const path = `/stock/waste/${wasted.id}`;
    const reversed = await reverse(path, { reason: "it was fine" });
    expect(reversed).toMatchObject({ reversalReason: "it was fine", lines: wasted.lines });
    expect(reversed.reversedAt).toMatch(/Z$/);
    expect(await bakery.read(web.client, path)).toEqual(reversed);
    const layers = await bakery.layersOf(web.client, siteId, itemId);
    expect(layers.map(({ quantity, value }) => [quantity, value])).toEqual([
      ["1", "1"],
      ["3", "10"],
    ]);
    const [back, out] = await movementsOf(wasted.id);
    expect(back).toMatchObject({ type: "waste_reversal", reverses: out.id, quantity: "2" });
    expect(await refused(path)).toEqual([409, "stock.reversed", undefined]);
    await expectSound();
  });

  test("serves what was sold short meanwhile", async () => {
    const itemId = await item();
    await come([{ itemId, quantity: "3", totalCost: "9" }]);
    const { id } = await waste(itemId, "3");
    await sellShort(itemId, "2");
    await reverse(`/stock/waste/${id}`);
    expect(await openShort(itemId)).toEqual([]);
    expect(await balance(itemId)).toEqual({ quantity: "1", value: "3" });
    await expectSound();
  });
});

describe("a count goes back once, while it is untouched (domain 6)", () => {
  test("a loss returns to its layers, a gain leaves again", async () => {
    const [lost, found] = [await item(), await item()];
    await come([{ itemId: lost, quantity: "3", totalCost: "10" }]);
    await come([{ itemId: found, quantity: "2", totalCost: "3" }]);
    const counted = await count([
      { itemId: lost, counted: "1" },
      { itemId: found, counted: "4" },
    ]);
    expect(counted).toMatchObject({ reversedAt: null, reversalReason: null });
    const path = `/stock/counts/${counted.id}`;
    const reversed = await reverse(path, { reason: "wrong shelf" });
    expect(reversed).toMatchObject({ reversalReason: "wrong shelf", lines: counted.lines });
    expect(await bakery.read(web.client, path)).toEqual(reversed);
    expect(await balance(lost)).toEqual({ quantity: "3", value: "10" });
    expect(await balance(found)).toEqual({ quantity: "2", value: "3" });
    expect(await refused(path)).toEqual([409, "stock.reversed", undefined]);
    await expectSound();
  });

  test("is refused when some of the gain was used, and nothing is changed", async () => {
    const itemId = await item();
    const { id } = await count([{ itemId, counted: "4" }]);
    await sell(itemId, "1");
    const path = `/stock/counts/${id}`;
    expect(await refused(path)).toEqual([409, "stock.not_whole", undefined]);
    expect((await bakery.read(web.client, path)).reversedAt).toBeNull();
    expect((await balance(itemId)).quantity).toBe("3");
    await expectSound();
  });

  test("what a gain settled is open again, then settled from what else is there", async () => {
    const itemId = await item();
    await sellShort(itemId, "5");
    const counted = await count([{ itemId, counted: "4" }]);
    expect(counted.lines[0]).toMatchObject({ expected: "-5", difference: "9" });
    expect(await openShort(itemId)).toEqual([]);
    await come([{ itemId, quantity: "2", totalCost: "6" }]);
    await reverse(`/stock/counts/${counted.id}`);
    expect(await openShort(itemId)).toEqual(["3"]);
    expect(await balance(itemId)).toEqual({ quantity: "0", value: "0" });
    await expectSound();
  });

  test("is dated not before the count, nor before the settlements it undoes", async () => {
    const itemId = await item();
    await sellShort(itemId, "1");
    const counted = await count([{ itemId, counted: "4" }], { countedAt: soon() });
    await reverse(`/stock/counts/${counted.id}`);
    const { data } = await bakery.read(web.client, `/stock/movements?itemId=${itemId}`);
    const dated = data.filter((each: { type: string }) => each.type.endsWith("_reversal"));
    expect(dated.map((each: { type: string }) => each.type)).toEqual([
      "count_reversal",
      "settlement_reversal",
    ]);
    for (const each of dated) expect(each.effectiveAt).toBe(counted.effectiveAt);
    expect(await openShort(itemId)).toEqual(["1"]);
    await expectSound();
  });

  test("a settlement that is dated ahead of the reversal is undone at its own time", async () => {
    const itemId = await item();
    const counted = await count([{ itemId, counted: "4" }]);
    const soldAt = new Date(Date.now() - 3_600_000).toISOString();
    await sellShort(itemId, "6", { soldAt });
    const late = await come([{ itemId, quantity: "1", totalCost: "1" }], { effectiveAt: soon() });
    expect(await openShort(itemId)).toEqual(["1"]);
    await reverse(`/stock/counts/${counted.id}`);
    const { data } = await bakery.read(web.client, `/stock/movements?itemId=${itemId}`);
    const undone = data.find((each: { type: string }) => each.type === "settlement_reversal");
    expect(undone.effectiveAt).toBe(late.effectiveAt);
    await expectSound();
  });
});

describe("a run dated a little ahead", () => {
  test("is reversed at its own time, not before it", async () => {
    const [flour, loaf] = [await item(), await item({ kind: "product" })];
    const recipe = await bakery.make(web.client, "/recipes", {
      itemId: loaf,
      yield: { quantity: "1", unit: "kg" },
      ingredients: [{ itemId: flour, quantity: "1", unit: "kg" }],
    });
    await come([{ itemId: flour, quantity: "9", totalCost: "9" }]);
    const effectiveAt = soon();
    const run = await bakery.make(web.client, "/production-runs", {
      siteId,
      recipeId: recipe.id,
      plannedOutput: "2",
      effectiveAt,
    });
    await reverse(`/production-runs/${run.id}`);
    const movements = await movementsOf(run.id);
    expect(movements.length).toBe(4);
    for (const each of movements) expect(each.effectiveAt).toBe(run.effectiveAt);
    await expectSound();
  });
});
