import { afterAll, beforeAll, expect, test } from "bun:test";
import { recomputeDays } from "#modules/reports/index.ts";
import * as bakery from "../harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { systemCtx } from "../harness/reports.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

let database: TestDatabase;
let bench: TestWeb;
let clock = 0;
const at = (time: string) => {
  clock = Date.parse(`${time}:00Z`);
};

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl, { now: () => new Date(clock) });
}, 60_000);

afterAll(async () => {
  await bench.close();
  await database.drop();
});

test("a day with sales, a void, a refund, waste, a shortfall settled next day and a late price", async () => {
  const { client } = bench;
  at("2026-06-01T07:00");
  await bakery.make(client, "/tax-rates", { code: "food", rate: "13.5", validFrom: "2020-01-01" });
  const { siteId, tillIds } = await bakery.openShop(client);
  const [tillId] = tillIds;
  const product = { kind: "product", unit: "piece", taxCode: "food", price: "3.50" };
  const loaf = await bakery.addItem(client, product);
  const bun = await bakery.addItem(client, product);
  const day = (businessDate: string) => ({ siteId, businessDate });
  const read = async (path: string, fields = "") =>
    (await bakery.read(client, `/reports/${path}?siteId=${siteId}${fields}`)).data;
  const first = "&from=2026-06-01&to=2026-06-01";

  const receipt = await bakery.receive(client, siteId, [
    { itemId: loaf, quantity: "10", totalCost: "10.00" },
    { itemId: bun, quantity: "5", totalCost: "2.50" },
  ]);
  const loaves = (quantity: string) => [{ itemId: loaf, quantity }];
  at("2026-06-01T08:00");
  // 4 × 3.50 − 1.00 = 13.00, of which 1.55 is tax; cost 4.00.
  await bakery.sell(client, siteId, loaves("4"), {
    tillId,
    discount: "1.00",
    payments: [{ method: "cash", amount: "20.00" }],
  });
  at("2026-06-01T09:00");
  const undone = await bakery.sell(client, siteId, loaves("2"), { tillId });
  at("2026-06-01T09:10");
  await bakery.make(client, `/sales/${undone.id}/void`, { reason: "Wrong till" });
  at("2026-06-01T10:00");
  // 7.00, of which 0.83 is tax; cost 2.00; all of it comes back and is thrown away.
  const returned = await bakery.sell(client, siteId, loaves("2"), {
    tillId,
    payments: [{ method: "card", amount: "7.00" }],
  });
  at("2026-06-01T11:00");
  await bakery.make(client, `/sales/${returned.id}/refunds`, {
    lines: [{ lineId: returned.lines[0].id, quantity: "2" }],
    reason: "Burnt",
  });
  at("2026-06-01T12:00");
  // 21.00, of which 2.50 is tax; 4 are there and cost 4.00, 2 are short.
  await bakery.sell(client, siteId, loaves("6"), { tillId, onShort: "record" });
  at("2026-06-01T16:00");
  await bakery.make(client, "/stock/waste", {
    siteId,
    reason: "Stale",
    lines: [{ itemId: bun, quantity: "2" }],
  });
  await recomputeDays(systemCtx(bench), [day("2026-06-01")]);

  const [before] = await read("sales/days");
  expect(before).toMatchObject({
    ...{ sales: 3, refunds: 1, voids: 1, gross: "42.00", discount: "1.00", total: "41.00" },
    ...{ tax: "4.88", net: "36.12", refundNet: "6.17", refundTax: "0.83", refundTotal: "7.00" },
    ...{ voidTotal: "7.00", revenueNet: "29.95", revenueGross: "34.00", rounding: "0.00" },
    ...{ cost: "8", marginOf: "11.45", margin: "7.45", pendingLines: 1 },
  });
  const hours = await read("sales/hours");
  const taken = (each: { hour: number; revenueGross: string }) => [each.hour, each.revenueGross];
  // Dublin is an hour ahead of UTC in June.
  expect(hours.map(taken)).toEqual([
    [13, "21.00"],
    [12, "-7.00"],
    [11, "7.00"],
    [10, "0.00"],
    [9, "13.00"],
  ]);
  const [item] = await read("sales/items");
  expect(item).toMatchObject({
    itemId: loaf,
    quantity: "12",
    refundQuantity: "2",
    voidQuantity: "2",
  });
  const paid = (each: { method: string; taken: string; refunded: string }) =>
    [each.method, each.taken, each.refunded] as const;
  expect((await read("payments")).map(paid)).toEqual([
    ["cash", "34.00", "0.00"],
    ["card", "7.00", "7.00"],
  ]);
  const wasted = (rows: { itemId: string; quantity: string; value: string }[]) =>
    Object.fromEntries(rows.map((row) => [row.itemId, `${row.quantity} worth ${row.value}`]));
  expect(wasted(await read("waste"))).toEqual({ [loaf]: "2 worth 2", [bun]: "2 worth 1" });
  expect(await read("sell-outs")).toMatchObject([
    { itemId: loaf, soldOutAt: "2026-06-01T12:00:00Z" },
  ]);
  expect(await read("valuation")).toMatchObject([{ value: "1.5", change: "1.5" }]);

  at("2026-06-02T07:00");
  // 10 for 12.00 settle the 2 that were short: 2.40, the cost of yesterday's sale, today's in stock.
  await bakery.receive(client, siteId, [{ itemId: loaf, quantity: "10", totalCost: "12.00" }]);
  await recomputeDays(systemCtx(bench), [day("2026-06-01"), day("2026-06-02")]);
  expect((await read("sales/days", first))[0]).toMatchObject({
    ...{ revenueNet: "29.95", cost: "10.4", marginOf: "29.95", margin: "19.55", pendingLines: 0 },
  });
  expect(await read("valuation")).toMatchObject([
    { businessDate: "2026-06-02", value: "11.1", change: "9.6" },
    { businessDate: "2026-06-01", value: "1.5", change: "1.5" },
  ]);

  at("2026-06-03T07:00");
  // 0.50 more a loaf: 4 + 4 that were sold, 2 that came back and were thrown away.
  await bakery.make(client, `/receipts/${receipt.id}/price-corrections`, {
    lines: [{ lineId: receipt.lines[0].id, totalCost: "15.00" }],
  });
  await recomputeDays(systemCtx(bench), [day("2026-06-01"), day("2026-06-03")]);
  expect((await read("sales/days", first))[0]).toMatchObject({ cost: "14.4", margin: "15.55" });
  expect(wasted(await read("waste"))).toEqual({ [loaf]: "2 worth 3", [bun]: "2 worth 1" });
  expect((await read("valuation"))[0]).toMatchObject({ businessDate: "2026-06-02", value: "11.1" });
});
