import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as bakery from "../../../test/harness/bakery.ts";
import { type Counter, openCounter } from "../../../test/harness/counter.ts";

// Noon in Dublin. Times below are of this day.
let counter: Counter;
let siteId: string;

beforeAll(async () => {
  counter = await openCounter("2026-10-28T12:00:00Z");
  siteId = counter.shop.siteId;
});
afterAll(() => counter.close());

const at = (time: string) => `2026-10-28T${time}:00Z`;
const ask = (path: string, body: object) => counter.client.post(path, body, bakery.key());
const item = () => bakery.addItem(counter.client, { unit: "piece", price: "3.50" });

function come(itemId: string, quantity: string, totalCost: string, time: string) {
  const line = { itemId, quantity, totalCost };
  return bakery.receive(counter.client, siteId, [line], { effectiveAt: at(time) });
}

function sell(itemId: string, quantities: readonly string[], time: string, fields: object = {}) {
  const lines = quantities.map((quantity) => ({ itemId, quantity }));
  const sale = bakery.saleOf(siteId, lines, { soldAt: at(time), ...fields });
  return counter.client.post("/sales", sale);
}

/** 10 on hand since 09:00, but 6 of them were away from 10:00 until noon. */
async function awayFor2Hours(): Promise<string> {
  const itemId = await item();
  await come(itemId, "10", "10", "09:00");
  const { body: sale } = await sell(itemId, ["6"], "10:00");
  expect((await ask(`/sales/${sale.id}/void`, { reason: "returned" })).status).toBe(200);
  return itemId;
}

const messagesOf = ({ body }: Awaited<ReturnType<typeof sell>>) =>
  body.errors.map(({ code, message }: { code: string; message: string }) => [code, message]);

async function expectSound() {
  const found = await bakery.read(counter.client, `/stock/verify?siteId=${siteId}`);
  expect(found).toMatchObject({ isSound: true });
}

describe("back-dating (domain 4)", () => {
  test("a back-dated receipt is used by what is recorded after it; posted allocations never move", async () => {
    const itemId = await item();
    await come(itemId, "10", "20", "10:00");
    const { body: before } = await sell(itemId, ["4"], "11:00");
    expect(before.lines[0].cost).toBe("8");
    await come(itemId, "4", "4", "09:00");
    const again = await bakery.read(counter.client, `/sales/${before.id}`);
    expect(again.lines[0].cost).toBe("8");
    const { body: after } = await sell(itemId, ["5"], "11:30");
    expect(after.lines[0].cost).toBe("6");
    await expectSound();
  });

  test("a back-dated issue is refused when a later one has used the stock", async () => {
    const itemId = await item();
    await come(itemId, "10", "10", "09:00");
    await sell(itemId, ["8"], "11:00");
    const refused = await sell(itemId, ["3"], "10:00");
    expect(refused.status).toBe(409);
    const message = "3 needed, 2 available, 1 short.";
    expect(messagesOf(refused)).toEqual([["stock.short", message]]);
    expect((await sell(itemId, ["2"], "10:00")).status).toBe(201);
    await expectSound();
  });

  test("it is accepted when there was enough at every time since, whoever came and went", async () => {
    const itemId = await item();
    await come(itemId, "5", "5", "09:00");
    await sell(itemId, ["4"], "10:30");
    await come(itemId, "6", "6", "11:00");
    expect((await sell(itemId, ["1"], "10:00")).status).toBe(201);
    const refused = await sell(itemId, ["1"], "10:00");
    expect(messagesOf(refused)).toEqual([["stock.short", "1 needed, 0 available, 1 short."]]);
    expect((await sell(itemId, ["6"], "11:00")).status).toBe(201);
    await expectSound();
  });

  test("what was away for a while could not be taken then, though it is all back", async () => {
    const itemId = await awayFor2Hours();
    expect((await bakery.balanceOf(counter.client, siteId, itemId)).quantity).toBe("10");
    const refused = await sell(itemId, ["5"], "11:00");
    expect(messagesOf(refused)).toEqual([["stock.short", "5 needed, 4 available, 1 short."]]);
    expect((await sell(itemId, ["4"], "11:00")).status).toBe(201);
    expect((await sell(itemId, ["1"], "09:30")).status).toBe(409);
    expect((await sell(itemId, ["6"], "12:00")).status).toBe(201);
    await expectSound();
  });

  test("what went and came back at one instant was never away", async () => {
    const itemId = await item();
    await come(itemId, "10", "10", "09:00");
    const { body: sale } = await sell(itemId, ["6"], "12:00");
    await ask(`/sales/${sale.id}/void`, { reason: "returned" });
    expect((await sell(itemId, ["10"], "11:00")).status).toBe(201);
    await expectSound();
  });

  test("lines of one item share what was there, in their order", async () => {
    const itemId = await awayFor2Hours();
    const refused = await sell(itemId, ["3", "3"], "11:00");
    expect(messagesOf(refused)).toEqual([["stock.short", "6 needed, 4 available, 2 short."]]);
    const through = { tillId: counter.tillId, onShort: "record" };
    const { status, body } = await sell(itemId, ["3", "3", "1"], "11:00", through);
    expect(status).toBe(201);
    const shortOf = body.lines.map((line: { shortQuantity: string }) => line.shortQuantity);
    const costs = body.lines.map((line: { cost: string }) => line.cost);
    expect([shortOf, costs]).toEqual([
      ["0", "2", "1"],
      ["3", "1", "0"],
    ]);
    await expectSound();
  });

  test("a part of a layer that was cut short is worth its part", async () => {
    const itemId = await item();
    await come(itemId, "3", "10", "09:00");
    const { body: sale } = await sell(itemId, ["2"], "10:00");
    await ask(`/sales/${sale.id}/void`, { reason: "returned" });
    const through = { tillId: counter.tillId, onShort: "record" };
    const { body } = await sell(itemId, ["3"], "11:00", through);
    expect(body.lines[0]).toMatchObject({ cost: "3.333333", shortQuantity: "2" });
    await expectSound();
  });

  test("runs, transfers and counts are held to it as sales are", async () => {
    const itemId = await awayFor2Hours();
    const there = (await bakery.openShop(counter.client)).siteId;
    const loaf = await bakery.addItem(counter.client, { kind: "product", unit: "piece" });
    const ingredients = [{ itemId, quantity: "1", unit: "piece" }];
    const made = { itemId: loaf, yield: { quantity: "1", unit: "piece" }, ingredients };
    const { id: recipeId } = await bakery.make(counter.client, "/recipes", made);
    const effectiveAt = at("11:00");
    const run = { siteId, recipeId, plannedOutput: "5", effectiveAt };
    expect((await ask("/production-runs", run)).status).toBe(409);
    const lines = [{ itemId, quantity: "5" }];
    const transfer = { fromSiteId: siteId, toSiteId: there, lines, effectiveAt };
    expect((await ask("/transfers", transfer)).status).toBe(409);
    // At 11:00 the books say 4, and at 10:30 too: nothing more can be missing.
    const counted = { siteId, countedAt: effectiveAt, lines: [{ itemId, counted: "0" }] };
    const { status, body } = await ask("/stock/counts", counted);
    expect([status, body.lines[0].expected, body.lines[0].difference]).toEqual([201, "4", "-4"]);
    await expectSound();
  });

  test("a lot that is counted short takes no more than was on hand of the item", async () => {
    const itemId = await item();
    await come(itemId, "5", "5", "09:00");
    const second = await come(itemId, "5", "5", "09:01");
    const { body: sale } = await sell(itemId, ["5"], "10:00");
    await ask(`/sales/${sale.id}/void`, { reason: "returned" });
    // Takes the first lot, which was away then: the second one stood in for it.
    expect((await sell(itemId, ["5"], "11:00")).status).toBe(201);
    const { lotId } = second.lines[0];
    const lines = [{ itemId, counted: "0", lotId }];
    const count = { siteId, countedAt: at("11:30"), lines };
    const refused = await ask("/stock/counts", count);
    expect(messagesOf(refused)).toEqual([["stock.short", "5 needed, 0 available, 5 short."]]);
    await expectSound();
  });

  test("a run dated back makes what it is short of, by what was there then", async () => {
    const flour = await item();
    await come(flour, "10", "10", "09:00");
    const dough = await awayFor2Hours();
    const bread = await bakery.addItem(counter.client, { kind: "product", unit: "piece" });
    const recipe = (itemId: string, of: string) =>
      bakery.make(counter.client, "/recipes", {
        itemId,
        yield: { quantity: "1", unit: "piece" },
        ingredients: [{ itemId: of, quantity: "1", unit: "piece" }],
      });
    await recipe(dough, flour);
    const { id: recipeId } = await recipe(bread, dough);
    const run = { siteId, recipeId, plannedOutput: "6", explodeShortage: true };
    const { status } = await ask("/production-runs", { ...run, effectiveAt: at("11:00") });
    expect(status).toBe(201);
    expect((await bakery.balanceOf(counter.client, siteId, dough)).quantity).toBe("6");
    expect((await bakery.balanceOf(counter.client, siteId, flour)).quantity).toBe("8");
    await expectSound();
  });

  test("a reversal by a clock that is behind takes nothing that others have relied on", async () => {
    const itemId = await item();
    await come(itemId, "5", "5", "09:00");
    const line = { itemId, counted: "10" };
    const { body: count } = await ask("/stock/counts", { siteId, lines: [line] });
    const { body: sale } = await sell(itemId, ["5"], "12:00");
    const reverse = () => ask(`/stock/counts/${count.id}/reverse`, {});
    try {
      counter.setClock(at("12:04"));
      await ask(`/sales/${sale.id}/void`, { reason: "returned" });
      expect((await sell(itemId, ["5"], "12:03")).status).toBe(201);
      counter.setClock(at("12:01"));
      expect((await reverse()).body.code).toBe("stock.not_whole");
      counter.setClock(at("12:05"));
      expect((await reverse()).status).toBe(200);
    } finally {
      counter.setClock(at("12:00"));
    }
    await expectSound();
  });
});
