import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
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
const yesterday = () => new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
const item = (fields = {}) => bakery.addItem(web.client, fields);
const come = (lines: readonly bakery.ReceivedLine[], fields = {}) =>
  bakery.receive(web.client, siteId, lines, fields);
const balance = (itemId: string) => bakery.balanceOf(web.client, siteId, itemId);
const sell = (itemId: string, quantity: string, fields = {}) =>
  bakery.sell(web.client, siteId, [{ itemId, quantity }], fields);
const sellShort = (itemId: string, quantity: string, fields = {}) =>
  sell(itemId, quantity, { tillId, onShort: "record", ...fields });
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

describe("a receipt goes back up to what remains (domain 6)", () => {
  test("in parts that add up to its cost exactly, until nothing is left", async () => {
    const itemId = await item();
    const receipt = await come([{ itemId, quantity: "3", totalCost: "10" }]);
    const path = `/receipts/${receipt.id}`;
    const lines = [{ lineId: receipt.lines[0].id, quantity: "1" }];
    const values: string[] = [];
    for (const body of [{ lines }, { lines, reason: "wet sacks" }, {}]) {
      const answer = await reverse(path, body);
      const { id } = answer.reversals.at(-1);
      values.push((await movementsOf(id))[0].value);
    }
    expect(values).toEqual(["-3.333333", "-3.333334", "-3.333333"]);
    expect(await balance(itemId)).toEqual({ quantity: "0", value: "0" });
    const read = await bakery.read(web.client, path);
    expect(read.lines[0]).toMatchObject({ quantity: "3", reversedQuantity: "3" });
    expect(read.reversals.map((each: { reason: string | null }) => each.reason)).toEqual([
      null,
      "wet sacks",
      null,
    ]);
    expect(read.reversals[2].lines).toEqual([{ lineId: receipt.lines[0].id, quantity: "1" }]);
    expect(await refused(path)).toEqual([409, "stock.nothing_left", undefined]);
    await expectSound();
  });

  test("takes its own layer, not the oldest, and leaves what was sold of it sold", async () => {
    const [itemId, other] = [await item(), await item()];
    await come([{ itemId, quantity: "1", totalCost: "1" }]);
    const { id } = await come([
      { itemId, quantity: "4", totalCost: "20" },
      { itemId: other, quantity: "2", totalCost: "3" },
    ]);
    await sell(itemId, "2");
    const reversed = await reverse(`/receipts/${id}`);
    expect(reversed.lines.map((line: Record<string, string>) => line["reversedQuantity"])).toEqual([
      "3",
      "2",
    ]);
    const [{ id: reversalId }] = reversed.reversals;
    expect(await movementsOf(reversalId)).toMatchObject([
      { type: "receipt_reversal", itemId: other, quantity: "-2", value: "-3", reverses: null },
      { type: "receipt_reversal", itemId, quantity: "-3", value: "-15", reverses: null },
    ]);
    expect(await balance(itemId)).toEqual({ quantity: "0", value: "0" });
    await expectSound();
  });

  test("what it has settled stays settled, and expired stock may go back", async () => {
    const itemId = await item();
    await sellShort(itemId, "2");
    const { id } = await come([{ itemId, quantity: "3", totalCost: "9" }]);
    await reverse(`/receipts/${id}`);
    expect(await openShort(itemId)).toEqual([]);
    const stale = await item();
    const old = { itemId: stale, quantity: "3", totalCost: "9", expiresOn: yesterday() };
    await reverse(`/receipts/${(await come([old])).id}`);
    expect(await balance(stale)).toEqual({ quantity: "0", value: "0" });
    await expectSound();
  });

  test("is not dated before the receipt", async () => {
    const itemId = await item();
    const receipt = await come([{ itemId, quantity: "3", totalCost: "9" }], {
      effectiveAt: soon(),
    });
    const { reversals } = await reverse(`/receipts/${receipt.id}`);
    const [movement] = await movementsOf(reversals[0].id);
    expect(movement.effectiveAt).toBe(receipt.effectiveAt);
    await expectSound();
  });

  test("refuses more than remains, a line of another receipt, a line twice", async () => {
    const itemId = await item();
    const line = { itemId, quantity: "3", totalCost: "9" };
    const [receipt, other] = [await come([line, line]), await come([line])];
    const path = `/receipts/${receipt.id}`;
    const [first, second] = receipt.lines.map((each: { id: string }) => each.id);
    const lines = (...given: [string, string][]) => ({
      lines: given.map(([lineId, quantity]) => ({ lineId, quantity })),
    });
    expect(await refused(path, lines([first, "3"], [second, "3.000001"]))).toEqual([
      409,
      "stock.short",
      "/lines/1/quantity",
    ]);
    expect(await refused(path, lines([other.lines[0].id, "1"]))).toEqual([
      422,
      "stock.line",
      "/lines/0/lineId",
    ]);
    expect(await refused(path, lines([first, "1"], [first, "1"]))).toEqual([
      422,
      "stock.line_twice",
      "/lines/1/lineId",
    ]);
    expect(await refused(`/receipts/${newId()}`)).toEqual([
      404,
      "stock.document_not_found",
      undefined,
    ]);
    expect((await balance(itemId)).quantity).toBe("9");
    await expectSound();
  });

  test("does not follow what was carried to another site", async () => {
    const itemId = await item();
    const { siteId: toSiteId } = await bakery.openShop(web.client);
    const { id } = await come([{ itemId, quantity: "5", totalCost: "10" }]);
    const lines = [{ itemId, quantity: "5" }];
    await bakery.make(web.client, "/transfers", { fromSiteId: siteId, toSiteId, lines });
    expect(await refused(`/receipts/${id}`)).toEqual([409, "stock.nothing_left", undefined]);
  });
});
