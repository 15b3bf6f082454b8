import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { contextOf } from "../../../test/harness/stock-books.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { verifyStock } from "./index.ts";

let database: TestDatabase;
let web: TestWeb;
let from: string;
let to: string;
let toTill: string;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  from = (await bakery.openShop(web.client, { zone: "Europe/Dublin" })).siteId;
  const shop = await bakery.openShop(web.client, { zone: "Asia/Tokyo" });
  to = shop.siteId;
  toTill = shop.tillIds[0] ?? "";
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

type Line = { itemId: string; quantity: string; unit?: string; lotId?: string };
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const daysAhead = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const item = (fields = {}) => bakery.addItem(web.client, fields);
const come = (siteId: string, lines: readonly bakery.ReceivedLine[], fields = {}) =>
  bakery.receive(web.client, siteId, lines, fields);
const carry = (lines: readonly Line[], fields = {}) =>
  bakery.make(web.client, "/transfers", { fromSiteId: from, toSiteId: to, lines, ...fields });
const refused = (body: object) =>
  web.client.ask("POST", "/transfers", { body, headers: bakery.key() });
const balance = (siteId: string, itemId: string) => bakery.balanceOf(web.client, siteId, itemId);
const layers = (siteId: string, itemId: string) =>
  bakery.layersOf(web.client, siteId, itemId) as Promise<Record<string, string>[]>;
const sell = (siteId: string, itemId: string, quantity: string, fields = {}) =>
  bakery.sell(web.client, siteId, [{ itemId, quantity }], fields);
async function expectSound() {
  for (const siteId of [from, to]) {
    const found = await verifyStock(contextOf(web.app), { siteId });
    expect(found).toMatchObject({ isSound: true, broken: null });
  }
}

describe("a transfer (domain 3)", () => {
  test("moves the layer: same lot, value, expiry and age, and says which", async () => {
    const itemId = await item();
    const expiresOn = daysAhead(9);
    const line = { itemId, quantity: "4", totalCost: "10", expiresOn, supplierLot: "L1" };
    const receipt = await come(from, [line], { effectiveAt: hoursAgo(30) });
    const effectiveAt = hoursAgo(1);
    const carried = await carry([{ itemId, quantity: "4000", unit: "g" }], {
      effectiveAt,
      note: "van",
    });
    const [layer] = await layers(to, itemId);
    expect(layer).toMatchObject({
      lotId: receipt.lines[0].lotId,
      quantity: "4",
      value: "10",
      quantityIn: "4",
      expiresOn,
      effectiveAt: receipt.effectiveAt,
      arrivedAt: carried.effectiveAt,
    });
    expect(carried).toMatchObject({
      fromSiteId: from,
      toSiteId: to,
      note: "van",
      lines: [
        {
          itemId,
          quantity: "4000",
          unit: "g",
          stockQuantity: "4",
          value: "10",
          lotId: null,
          moved: [
            {
              lotId: receipt.lines[0].lotId,
              fromLayerId: receipt.lines[0].layerId,
              toLayerId: layer?.["id"],
              quantity: "4",
              value: "10",
            },
          ],
        },
      ],
    });
    expect(Date.parse(carried.effectiveAt)).toBe(Date.parse(effectiveAt));
    expect(await bakery.read(web.client, `/transfers/${carried.id}`)).toEqual(carried);
    expect(await balance(from, itemId)).toEqual({ quantity: "0", value: "0" });
    await expectSound();
  });

  test("of a part of a layer takes its value by the take rule, to the last millionth", async () => {
    const itemId = await item();
    await come(from, [{ itemId, quantity: "3", totalCost: "10" }]);
    const values: string[] = [];
    for (let i = 0; i < 3; i++) {
      values.push((await carry([{ itemId, quantity: "1" }])).lines[0].value);
    }
    expect(values).toEqual(["3.333333", "3.333334", "3.333333"]);
    expect(await balance(from, itemId)).toEqual({ quantity: "0", value: "0" });
    expect(await balance(to, itemId)).toEqual({ quantity: "3", value: "10" });
    await expectSound();
  });

  test("there, what came in first anywhere is sold first, not what arrived first", async () => {
    const itemId = await item();
    await come(to, [{ itemId, quantity: "1", totalCost: "7" }], { effectiveAt: hoursAgo(3) });
    const old = [
      { itemId, quantity: "1", totalCost: "1" },
      { itemId, quantity: "1", totalCost: "2" },
    ];
    await come(from, old, { effectiveAt: hoursAgo(5) });
    await carry([{ itemId, quantity: "2" }]);
    const costs: string[] = [];
    for (let i = 0; i < 3; i++) costs.push((await sell(to, itemId, "1")).lines[0].cost);
    expect(costs.map(Number)).toEqual([1, 2, 7]);
    await expectSound();
  });

  test("is not there before it arrives: an issue dated earlier does not take it", async () => {
    const itemId = await item();
    await come(from, [{ itemId, quantity: "5", totalCost: "5" }], { effectiveAt: hoursAgo(9) });
    await carry([{ itemId, quantity: "5" }], { effectiveAt: hoursAgo(2) });
    const early = bakery.saleOf(to, [{ itemId, quantity: "1" }], { soldAt: hoursAgo(3) });
    const answer = await web.client.ask("POST", "/sales", { body: early });
    expect([answer.status, answer.body.code]).toEqual([409, "stock.short"]);
    await sell(to, itemId, "1", { soldAt: hoursAgo(1) });
    const own = { itemId, quantity: "1", totalCost: "7" };
    await come(to, [own], { effectiveAt: hoursAgo(4) });
    const sold = await sell(to, itemId, "1", { soldAt: hoursAgo(3) });
    expect(Number(sold.lines[0].cost)).toBe(7);
    const before = await bakery.read(
      web.client,
      `/stock?siteId=${to}&itemId=${itemId}&asOf=${encodeURIComponent(hoursAgo(2.5))}`,
    );
    expect(before.data[0]).toMatchObject({ quantity: "0", value: "0" });
    await expectSound();
  });

  test("there and back leaves the books as they were", async () => {
    const itemId = await item();
    const receipt = await come(from, [{ itemId, quantity: "7", totalCost: "10" }], {
      effectiveAt: hoursAgo(4),
    });
    await carry([{ itemId, quantity: "3" }]);
    await carry([{ itemId, quantity: "3" }], { fromSiteId: to, toSiteId: from });
    expect(await balance(from, itemId)).toEqual({ quantity: "7", value: "10" });
    expect(await balance(to, itemId)).toEqual({ quantity: "0", value: "0" });
    const [kept, back] = await layers(from, itemId);
    expect([kept?.["quantity"], back?.["quantity"]]).toEqual(["4", "3"]);
    expect([back?.["lotId"], back?.["effectiveAt"]]).toEqual([
      receipt.lines[0].lotId,
      receipt.effectiveAt,
    ]);
    expect(Number((await sell(from, itemId, "7")).lines[0].cost)).toBe(10);
    await expectSound();
  });

  test("takes what expires first where the category says so, and so does the sale there", async () => {
    const itemId = await item({ categoryId: await bakery.addCategory(web.client, "fefo") });
    await come(from, [
      { itemId, quantity: "1", totalCost: "9", expiresOn: daysAhead(9) },
      { itemId, quantity: "1", totalCost: "3", expiresOn: daysAhead(3) },
      { itemId, quantity: "1", totalCost: "6", expiresOn: daysAhead(6) },
    ]);
    const { lines } = await carry([{ itemId, quantity: "2" }]);
    expect(lines[0].value).toBe("9");
    await carry([{ itemId, quantity: "1" }]);
    const costs: string[] = [];
    for (let i = 0; i < 3; i++) costs.push((await sell(to, itemId, "1")).lines[0].cost);
    expect(costs.map(Number)).toEqual([3, 6, 9]);
    await expectSound();
  });

  test("lines that name a lot come first, and what is expired stays where it is", async () => {
    const itemId = await item();
    const receipt = await come(from, [
      { itemId, quantity: "2", totalCost: "1", expiresOn: daysAhead(-2) },
      { itemId, quantity: "2", totalCost: "4" },
      { itemId, quantity: "2", totalCost: "6" },
    ]);
    const lotId = receipt.lines[1].lotId;
    const carried = await carry([
      { itemId, quantity: "2" },
      { itemId, quantity: "2", lotId },
    ]);
    const said = carried.lines.map((line: { value: string; lotId: string | null }) => {
      return [line.value, line.lotId];
    });
    expect(said).toEqual([
      ["6", null],
      ["4", lotId],
    ]);
    const lines = [{ itemId, quantity: "1", lotId: receipt.lines[0].lotId }];
    const answer = await refused({ fromSiteId: from, toSiteId: to, lines });
    expect([answer.status, answer.body.code]).toEqual([409, "stock.short"]);
    expect(answer.body.errors[0].pointer).toBe("/lines/0/quantity");
    await expectSound();
  });

  test("settles what the other site had sold of it, oldest first", async () => {
    const itemId = await item();
    const short = { tillId: toTill, onShort: "record" };
    await sell(to, itemId, "2", short);
    await sell(to, itemId, "4", short);
    await come(from, [{ itemId, quantity: "5", totalCost: "10" }]);
    await carry([{ itemId, quantity: "5" }]);
    expect(await balance(to, itemId)).toEqual({ quantity: "0", value: "0" });
    const { data } = await bakery.read(web.client, `/shortfalls?itemId=${itemId}&open=true`);
    expect(data).toMatchObject([{ quantity: "4", openQuantity: "1" }]);
    await expectSound();
  });
});
