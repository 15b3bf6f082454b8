import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { receiptContent } from "#modules/sales/rules/receipt.ts";
import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

let database: TestDatabase;
let bench: TestWeb;
let clock = Date.parse("2026-06-01T10:00:00Z");

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl, { now: () => new Date(clock) });
}, 60_000);

afterAll(async () => {
  await bench.close();
  await database.drop();
});

/** A product that needs no stock, at that price and tax. */
function product(price: string, fields: object = {}): Promise<string> {
  return bakery.addItem(bench.client, {
    kind: "product",
    stocking: "none",
    unit: "piece",
    price,
    ...fields,
  });
}

async function taxCode(rate: string): Promise<string> {
  const code = `T${newId().slice(-12)}`;
  await bakery.make(bench.client, "/tax-rates", { code, rate, validFrom: "2020-01-01" });
  return code;
}

describe("amounts (domain rules 8)", () => {
  test("24.99 at 10.75 % is 2.69 of tax, on the stored line too [M#14818]", async () => {
    const { siteId } = await bakery.openShop(bench.client, { pricesIncludeTax: false });
    const itemId = await product("24.99", { taxCode: await taxCode("10.75") });
    const { id } = await bakery.sell(bench.client, siteId, [{ itemId, quantity: "1" }]);
    const sale = await bakery.read(bench.client, `/sales/${id}`);
    expect(sale.lines[0]).toMatchObject({ net: "24.99", tax: "2.69", total: "27.68" });
    expect(sale).toMatchObject({ net: "24.99", tax: "2.69", total: "27.68" });
  });

  test("a discount of 100.00 over three equal lines is 33.34, 33.33, 33.33 (domain rules 2: ALLOC)", async () => {
    const { siteId } = await bakery.openShop(bench.client);
    const itemId = await product("50.00");
    const line = { itemId, quantity: "1" };
    const sale = await bakery.sell(bench.client, siteId, [line, line, line], {
      discount: "100.00",
    });
    const discounts = sale.lines.map((each: { discount: string }) => each.discount);
    expect(discounts).toEqual(["33.34", "33.33", "33.33"]);
    expect(sale.total).toBe("50.00");
  });

  test("the total is the sum of the stored lines, never recomputed from the price", async () => {
    const { siteId } = await bakery.openShop(bench.client, { pricesIncludeTax: false });
    const itemId = await product("0.333333", { taxCode: await taxCode("13.5") });
    const lines = Array.from({ length: 3 }, () => ({ itemId, quantity: "1" }));
    const sale = await bakery.sell(bench.client, siteId, lines);
    expect(sale).toMatchObject({ net: "0.99", tax: "0.12", total: "1.11" });
    await bench.client.patch(`/items/${itemId}`, 1, { price: "9.99", name: `Renamed ${newId()}` });
    expect(await bakery.read(bench.client, `/sales/${sale.id}`)).toEqual(sale);
  });

  test("change is given from cash only: card and voucher never more than the total", async () => {
    const { siteId } = await bakery.openShop(bench.client);
    const lines = [{ itemId: await product("7.30"), quantity: "1" }];
    const payments = [
      { method: "voucher", amount: "5.00" },
      { method: "cash", amount: "10.00" },
    ];
    const sale = await bakery.sell(bench.client, siteId, lines, { payments });
    expect([sale.total, sale.change]).toEqual(["7.30", "7.70"]);
    const body = bakery.saleOf(siteId, lines, { payments: [{ method: "card", amount: "10.00" }] });
    const refused = await bench.client.ask("POST", "/sales", { body });
    expect([refused.status, refused.body.code]).toEqual([422, "sales.overpaid"]);
  });
});

describe("business date (domain rules 8)", () => {
  const dates = async (fields: Readonly<Record<string, string>>, times: readonly string[]) => {
    const { siteId } = await bakery.openShop(bench.client, fields);
    const lines = [{ itemId: await product("1.00"), quantity: "1" }];
    const found: string[] = [];
    for (const time of times) {
      clock = Date.parse(time);
      found.push((await bakery.sell(bench.client, siteId, lines)).businessDate);
    }
    return found;
  };

  test("before the cutover a sale still belongs to yesterday", async () => {
    const times = ["2026-06-02T02:59:59Z", "2026-06-02T03:00:00Z"];
    expect(await dates({ cutover: "04:00" }, times)).toEqual(["2026-06-01", "2026-06-02"]);
  });

  test("the day of 23 hours in Dublin begins and ends at its cutover", async () => {
    // Clocks go from 01:00 to 02:00 on 29 March 2026: 04:00 is 03:00 UTC, the day before 04:00 UTC.
    const times = [
      "2026-03-28T03:59:59Z",
      "2026-03-28T04:00:00Z",
      "2026-03-29T02:59:59Z",
      "2026-03-29T03:00:00Z",
      "2026-03-30T02:59:59Z",
      "2026-03-30T03:00:00Z",
    ];
    expect(await dates({ cutover: "04:00" }, times)).toEqual([
      "2026-03-27",
      "2026-03-28",
      "2026-03-28",
      "2026-03-29",
      "2026-03-29",
      "2026-03-30",
    ]);
  });

  test("the day of 25 hours in Dublin has its hour twice, and both belong to one date", async () => {
    // Clocks go from 02:00 back to 01:00 on 25 October 2026.
    const times = [
      "2026-10-25T00:29:59Z",
      "2026-10-25T00:30:00Z",
      "2026-10-25T01:29:59Z",
      "2026-10-25T01:30:00Z",
      "2026-10-26T01:29:59Z",
      "2026-10-26T01:30:00Z",
    ];
    expect(await dates({ cutover: "01:30" }, times)).toEqual([
      "2026-10-24",
      "2026-10-25",
      // 01:29:59 for the second time: the wall says it is before the cutover again.
      "2026-10-24",
      "2026-10-25",
      "2026-10-25",
      "2026-10-26",
    ]);
  });

  test("zones without a round offset and with a far one have their own dates", async () => {
    const times = ["2026-06-02T10:00:00Z"];
    expect(await dates({ zone: "Pacific/Kiritimati", cutover: "00:00" }, times)).toEqual([
      "2026-06-03",
    ]);
    expect(await dates({ zone: "Asia/Kathmandu", cutover: "15:46" }, times)).toEqual([
      "2026-06-01",
    ]);
    expect(await dates({ zone: "Asia/Kathmandu", cutover: "15:45" }, times)).toEqual([
      "2026-06-02",
    ]);
  });
});

describe("receipts (domain rules 8)", () => {
  test("numbers are gapless for each till and each hash covers the one before it", async () => {
    clock = Date.parse("2026-06-03T10:00:00Z");
    const { siteId, tillIds } = await bakery.openShop(bench.client, {}, 2);
    const [tillId, otherTill] = tillIds;
    const lines = [{ itemId: await product("2.50"), quantity: "2" }];
    const unpaid = { payments: [{ method: "cash", amount: "0.01" }] };
    const sales = [];
    for (let number = 0; number < 4; number++) {
      sales.push(await bakery.sell(bench.client, siteId, lines, { tillId }));
      const body = bakery.saleOf(siteId, lines, { tillId, ...unpaid });
      expect((await bench.client.ask("POST", "/sales", { body })).status).toBe(422);
      await bakery.sell(bench.client, siteId, lines, { tillId: otherTill });
    }
    const reason = { reason: "by mistake" };
    await bakery.make(bench.client, `/sales/${sales[1]?.id}/void`, reason);
    let previous = "";
    for (const [index, { id }] of sales.entries()) {
      const sale = await bakery.read(bench.client, `/sales/${id}`);
      const content = receiptContent(sale, sale.lines, sale.payments);
      const text = `${previous}:${index + 1}:${content}`;
      previous = createHash("sha256").update(text).digest("hex");
      expect([sale.receiptNumber, sale.receiptHash]).toEqual([index + 1, previous]);
    }
  });
});

describe("one transaction at tender (domain rules 8) [E#43052, E#57157]", () => {
  test("a sale refused for stock leaves no sale, no payment, no number and no movement", async () => {
    const { siteId, tillIds } = await bakery.openShop(bench.client);
    const [tillId] = tillIds;
    const itemId = await bakery.addItem(bench.client, { unit: "piece" });
    await bakery.receive(bench.client, siteId, [{ itemId, quantity: "1", totalCost: "1.00" }]);
    const body = bakery.saleOf(siteId, [{ itemId, quantity: "2" }], { tillId });
    const refused = await bench.client.ask("POST", "/sales", { body });
    expect([refused.status, refused.body.code]).toEqual([409, "stock.short"]);
    expect((await bakery.read(bench.client, `/sales?siteId=${siteId}`)).data).toEqual([]);
    const { data } = await bakery.read(bench.client, `/stock/movements?siteId=${siteId}`);
    expect(data.length).toBe(1);
    await bakery.receive(bench.client, siteId, [{ itemId, quantity: "1", totalCost: "1.00" }]);
    // The same sale may be sent again, and has the first number.
    const sold = await bench.client.ask("POST", "/sales", { body });
    expect([sold.status, sold.body.receiptNumber]).toEqual([201, 1]);
  });
});
