import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { contextOf } from "../../../test/harness/stock-books.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { consume, lockBalances, postingMoment, recordShortfalls, verifyStock } from "./index.ts";

let database: TestDatabase;
let web: TestWeb;
let siteId: string;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  siteId = (await bakery.openShop(web.client, { zone: "Europe/Dublin" })).siteId;
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

const ctx = () => contextOf(web.app);
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const item = (fields = {}) => bakery.addItem(web.client, fields);
const come = (lines: readonly bakery.ReceivedLine[], fields = {}) =>
  bakery.receive(web.client, siteId, lines, fields);
const balance = (itemId: string) => bakery.balanceOf(web.client, siteId, itemId);
const waste = (lines: readonly object[]) =>
  bakery.make(web.client, "/stock/waste", { siteId, reason: "stale", lines });
const count = (lines: readonly object[], fields = {}) =>
  bakery.make(web.client, "/stock/counts", { siteId, lines, ...fields });

/** What a sale or a run takes. */
function take(type: "sale" | "consumption", itemId: string, quantities: string[], at?: string) {
  return web.app.db.withTransaction(async (tx) => {
    const moment = await postingMoment(tx, ctx(), siteId, at);
    await lockBalances(tx, siteId, [itemId]);
    const lines = quantities.map((quantity) => ({ movementId: newId(), itemId, quantity }));
    const posting = { ...moment, type, siteId, sourceId: newId(), lines } as const;
    return consume(tx, ctx(), { ...posting, eligibility: "eligible", allowShort: false });
  });
}

/** A till sells what is not on the books. */
async function sellShort(itemId: string, quantity: string, effectiveAt = hoursAgo(0)) {
  const sourceId = newId();
  await web.app.db.withTransaction(async (tx) => {
    await lockBalances(tx, siteId, [itemId]);
    const lines = [{ id: newId(), itemId, quantity, sourceLineId: newId() }];
    await recordShortfalls(tx, { siteId, sourceId, effectiveAt, lines });
  });
  return sourceId;
}

async function openShort(itemId: string): Promise<string[]> {
  const page = await bakery.read(web.client, `/shortfalls?itemId=${itemId}&open=true`);
  return page.data.map((each: { openQuantity: string }) => each.openQuantity);
}

async function expectSound() {
  expect(await verifyStock(ctx(), { siteId })).toMatchObject({ isSound: true, broken: null });
}

describe("numbers (domain 2)", () => {
  test("receive 1 box of 9, sell 9 pieces: exactly 0 remains [E#52650]", async () => {
    const itemId = await item({ unit: "piece" });
    await bakery.make(web.client, `/items/${itemId}/conversions`, {
      from: "box",
      to: "piece",
      numerator: 9,
      denominator: 1,
    });
    const receipt = await come([{ itemId, quantity: "1", unit: "box", totalCost: "10.00" }]);
    expect(receipt.lines[0]).toMatchObject({
      quantity: "1",
      stockQuantity: "9",
      factor: { numerator: "9", denominator: "1" },
    });
    for (let sold = 0; sold < 9; sold++) await take("sale", itemId, ["1"]);
    expect(await balance(itemId)).toEqual({ quantity: "0", value: "0" });
  });
});

describe("the ledger (domain 3)", () => {
  test("3 units worth 10.000000 taken one at a time: 3.333333, 3.333334, 3.333333 and 0 remains", async () => {
    const itemId = await item();
    await come([{ itemId, quantity: "3", totalCost: "10" }]);
    const values: string[] = [];
    for (let i = 0; i < 3; i++) values.push((await take("sale", itemId, ["1"]))[0]?.value ?? "");
    expect(values).toEqual(["3.333333", "3.333334", "3.333333"]);
    expect(await balance(itemId)).toEqual({ quantity: "0", value: "0" });
  });

  test("lines of one command are summed before they take: no unit twice [M#16502]", async () => {
    const itemId = await item();
    await come([{ itemId, quantity: "3", totalCost: "10" }]);
    await expect(take("sale", itemId, ["2", "2"])).rejects.toMatchObject({ code: "stock.short" });
    const lines = await take("sale", itemId, ["1", "1", "1"]);
    expect(lines.reduce((sum, line) => sum + Number(line.value) * 1e6, 0)).toBeCloseTo(10e6, 3);
    expect(await balance(itemId)).toEqual({ quantity: "0", value: "0" });
  });

  test("1 @ 0 and 1 @ 50 make a product of 50 [O#267196]", async () => {
    const itemId = await item({ unit: "piece" });
    await come([
      { itemId, quantity: "1", totalCost: "0" },
      { itemId, quantity: "1", totalCost: "50" },
    ]);
    const [line] = await take("consumption", itemId, ["2"]);
    expect(line).toMatchObject({ quantity: "2.000000", value: "50.000000" });
  });

  test("first in, first out by business time, not by recording", async () => {
    const itemId = await item();
    await come([{ itemId, quantity: "1", totalCost: "5" }], { effectiveAt: hoursAgo(1) });
    await come([{ itemId, quantity: "1", totalCost: "3" }], { effectiveAt: hoursAgo(2) });
    expect(await take("sale", itemId, ["1"])).toMatchObject([{ value: "3.000000" }]);
  });

  test("by category the first to expire goes first, what never expires last", async () => {
    const itemId = await item({ categoryId: await bakery.addCategory(web.client, "fefo") });
    await come([
      { itemId, quantity: "1", totalCost: "1" },
      { itemId, quantity: "1", totalCost: "2", expiresOn: "2999-01-02" },
      { itemId, quantity: "1", totalCost: "4", expiresOn: "2999-01-01" },
    ]);
    const values: unknown[] = [];
    for (let i = 0; i < 3; i++) values.push((await take("sale", itemId, ["1"]))[0]?.value);
    expect(values).toEqual(["4.000000", "2.000000", "1.000000"]);
  });

  test("expired stock can be wasted, never sold or used", async () => {
    const itemId = await item();
    await come([{ itemId, quantity: "2", totalCost: "2", expiresOn: "2020-01-01" }]);
    await expect(take("sale", itemId, ["1"])).rejects.toMatchObject({ code: "stock.short" });
    const stock = await bakery.read(web.client, `/stock?itemId=${itemId}`);
    expect(stock.data[0]).toMatchObject({ quantity: "2", available: "0", value: "2" });
    expect((await waste([{ itemId, quantity: "2" }])).lines[0].value).toBe("2");
    expect(await balance(itemId)).toEqual({ quantity: "0", value: "0" });
  });

  test("waste of a named lot takes it before lines that name none", async () => {
    const itemId = await item();
    const receipt = await come([
      { itemId, quantity: "1", totalCost: "1" },
      { itemId, quantity: "1", totalCost: "2" },
    ]);
    const { lotId } = receipt.lines[0];
    const wasted = await waste([
      { itemId, quantity: "1" },
      { itemId, quantity: "1", lotId },
    ]);
    expect(wasted.lines.map((line: { value: string }) => line.value)).toEqual(["2", "1"]);
  });
});

describe("counts (domain 4)", () => {
  test("+15000; count 13000 at 03:11; a sale of 2000 at 16:19 recorded earlier: 11000 remain [E#37192]", async () => {
    const itemId = await item({ unit: "g" });
    const at = (time: string) => `${hoursAgo(48).slice(0, 10)}T${time}:00Z`;
    await come([{ itemId, quantity: "15000", totalCost: "150" }], { effectiveAt: at("02:00") });
    await take("sale", itemId, ["2000"], at("16:19"));
    const counted = await count([{ itemId, counted: "13000" }], { countedAt: at("03:11") });
    expect(counted.lines[0]).toMatchObject({
      counted: "13000",
      expected: "15000",
      difference: "-2000",
      value: "-20",
      isCostUnknown: false,
    });
    expect(await balance(itemId)).toEqual({ quantity: "11000", value: "110" });
    expect(await bakery.read(web.client, `/stock/counts/${counted.id}`)).toEqual(counted);
  });

  test("an open shortfall is settled by the count, and the balance equals what was counted", async () => {
    const itemId = await item({ unit: "piece" });
    await come([{ itemId, quantity: "4", totalCost: "8" }], { effectiveAt: hoursAgo(5) });
    await take("sale", itemId, ["4"], hoursAgo(4));
    await sellShort(itemId, "3", hoursAgo(3));
    expect(await openShort(itemId)).toEqual(["3"]);
    const counted = await count([{ itemId, counted: "5" }]);
    expect(counted.lines[0]).toMatchObject({ expected: "-3", difference: "8", value: "16" });
    expect(await balance(itemId)).toEqual({ quantity: "5", value: "10" });
    expect(await openShort(itemId)).toEqual([]);
    await expectSound();
  });

  test("what was sold short after the count still goes out of what was counted", async () => {
    const itemId = await item({ unit: "piece" });
    await sellShort(itemId, "3", hoursAgo(1));
    const counted = await count([{ itemId, counted: "10" }], { countedAt: hoursAgo(2) });
    expect(counted.lines[0]).toMatchObject({
      expected: "0",
      difference: "10",
      isCostUnknown: true,
    });
    expect(await balance(itemId)).toEqual({ quantity: "7", value: "0" });
  });

  test("a gain is worth the newest layer's unit value here, else anywhere, else 0 and flagged", async () => {
    const itemId = await item();
    const elsewhere = (await bakery.openShop(web.client)).siteId;
    const unknown = await count([{ itemId, counted: "1" }]);
    expect(unknown.lines[0]).toMatchObject({ value: "0", isCostUnknown: true });
    await bakery.receive(web.client, elsewhere, [{ itemId, quantity: "3", totalCost: "10" }]);
    const other = await count([{ itemId, counted: "2" }]);
    expect(other.lines[0]).toMatchObject({ difference: "1", value: "3.333333" });
    await come([{ itemId, quantity: "1", totalCost: "7" }]);
    const here = await count([{ itemId, counted: "4" }]);
    expect(here.lines[0]).toMatchObject({ difference: "1", value: "7", isCostUnknown: false });
    const layers = await bakery.layersOf(web.client, siteId, itemId);
    expect(layers.at(-1).effectiveAt).toBe(here.effectiveAt);
    const lot = await bakery.read(web.client, `/stock/lots/${layers.at(-1).lotId}`);
    expect(lot).toMatchObject({ origin: "count", sourceId: here.id });
  });

  test("a loss takes what may be sold, then the expired", async () => {
    const itemId = await item();
    await come([
      { itemId, quantity: "1", totalCost: "1", expiresOn: "2020-01-01" },
      { itemId, quantity: "1", totalCost: "2" },
    ]);
    expect((await count([{ itemId, counted: "1" }])).lines[0].value).toBe("-2");
    expect((await count([{ itemId, counted: "0" }])).lines[0].value).toBe("-1");
    await expectSound();
  });

  test("with a lot named only that lot is counted", async () => {
    const itemId = await item();
    const receipt = await come([
      { itemId, quantity: "5", totalCost: "5" },
      { itemId, quantity: "5", totalCost: "10", expiresOn: "2999-01-01", supplierLot: "L9" },
    ]);
    const { lotId } = receipt.lines[1];
    const less = await count([{ itemId, counted: "3", lotId }]);
    expect(less.lines[0]).toMatchObject({ expected: "5", difference: "-2", value: "-4" });
    const more = await count([{ itemId, counted: "4", lotId }]);
    expect(more.lines[0]).toMatchObject({ expected: "3", difference: "1", value: "2" });
    const layers = await bakery.layersOf(web.client, siteId, itemId);
    expect(layers.at(-1)).toMatchObject({ lotId, quantity: "1", expiresOn: "2999-01-01" });
    const again = await count([{ itemId, counted: "4", lotId }]);
    expect(again.lines[0]).toMatchObject({ expected: "4", difference: "0" });
    await expectSound();
  });

  test("more missing than is left is refused", async () => {
    const itemId = await item();
    await come([{ itemId, quantity: "5", totalCost: "5" }], { effectiveAt: hoursAgo(3) });
    await take("sale", itemId, ["4"]);
    const body = { siteId, countedAt: hoursAgo(2), lines: [{ itemId, counted: "2" }] };
    const answer = await web.client.post("/stock/counts", body, bakery.key());
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      code: "stock.short",
      errors: [{ pointer: "/lines/0/counted" }],
    });
  });
});

describe("shortfalls (domain 5)", () => {
  test("a receipt settles shortfalls oldest first, and never from expired stock", async () => {
    const itemId = await item({ unit: "piece" });
    const first = await sellShort(itemId, "2");
    await sellShort(itemId, "2");
    await come([{ itemId, quantity: "9", totalCost: "9", expiresOn: "2020-01-01" }]);
    expect(await openShort(itemId)).toEqual(["2", "2"]);
    await come([{ itemId, quantity: "3", totalCost: "10" }]);
    expect(await openShort(itemId)).toEqual(["1"]);
    const { data } = await bakery.read(web.client, `/stock/movements?sourceId=${first}`);
    expect(data).toMatchObject([{ type: "settlement", quantity: "-2", value: "-6.666667" }]);
    await expectSound();
  });
});
