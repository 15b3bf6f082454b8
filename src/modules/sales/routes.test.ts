import { afterAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import {
  addItem,
  balanceOf,
  key,
  make,
  receive,
  saleOf,
  sell,
} from "../../../test/harness/bakery.ts";
import { openCounter } from "../../../test/harness/counter.ts";

const opening = "2026-03-10T09:00:00Z";
const counter = await openCounter(opening);
const { client, shop, loaf, tillId } = counter;
const cash = (amount: string) => [{ method: "cash", amount }];
afterAll(() => counter.close());

describe("201", () => {
  test("a sale answers its amounts, cost, receipt number and change, and takes the stock", async () => {
    const itemId = await loaf("10");
    const lines = [
      { itemId, quantity: 2 },
      { itemId, quantity: "1", discount: "0.50" },
    ];
    const fields = { tillId, payments: cash("20.00") };
    const sale = await sell(client, shop.siteId, lines, fields);
    expect(sale).toMatchObject({
      status: "completed",
      businessDate: "2026-03-10",
      total: "10.00",
      change: "10.00",
      rounding: "0.00",
      version: 1,
    });
    expect(sale.lines.map((line: { cost: string }) => line.cost)).toEqual(["2", "1"]);
    expect(sale.receiptNumber).toBeGreaterThan(0);
    expect(await balanceOf(client, shop.siteId, itemId)).toEqual({ quantity: "7", value: "7" });
  });

  test("the same sale again answers the first one and takes nothing more", async () => {
    const itemId = await loaf("5");
    const sale = saleOf(shop.siteId, [{ itemId, quantity: "1" }], { tillId });
    const first = await client.post("/sales", sale);
    const again = await client.post("/sales", sale);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect((await balanceOf(client, shop.siteId, itemId)).quantity).toBe("4");
  });

  test("receipt numbers have no gaps, whatever was refused between them", async () => {
    const itemId = await loaf("5");
    const till = await make(client, "/tills", { siteId: shop.siteId, name: "Gapless" });
    const numbers: number[] = [];
    for (const quantity of ["1", "99", "1", "99", "1"]) {
      const body = saleOf(shop.siteId, [{ itemId, quantity }], { tillId: till.id });
      const answer = await client.post("/sales", body);
      if (answer.status === 201) numbers.push(answer.body.receiptNumber);
    }
    expect(numbers).toEqual([1, 2, 3]);
  });

  test("a sale without a till has no receipt number", async () => {
    const itemId = await loaf("1");
    const sale = await sell(client, shop.siteId, [{ itemId, quantity: "1" }]);
    expect([sale.tillId, sale.receiptNumber, sale.receiptHash]).toEqual([null, null, null]);
  });

  test("what has no stock costs nothing known", async () => {
    const itemId = await loaf("0", { stocking: "none" });
    const sale = await sell(client, shop.siteId, [{ itemId, quantity: "1" }]);
    expect(sale.lines[0]).toMatchObject({ cost: null, costPending: false, total: "3.50" });
  });

  test("what is made to order takes its ingredients and costs what they cost", async () => {
    const beans = await addItem(client, { unit: "g" });
    const totalCost = "20.00";
    await receive(client, shop.siteId, [{ itemId: beans, quantity: "1000", totalCost }]);
    const coffee = await loaf("0", { stocking: "made_to_order" });
    const ingredients = [{ itemId: beans, quantity: "18", unit: "g" }];
    const recipe = { itemId: coffee, yield: { quantity: "1", unit: "piece" }, ingredients };
    await make(client, "/recipes", recipe);
    const sale = await sell(client, shop.siteId, [{ itemId: coffee, quantity: "2" }]);
    expect(sale.lines[0]).toMatchObject({ itemId: coffee, cost: "0.72", costPending: false });
    const left = await balanceOf(client, shop.siteId, beans);
    expect(left).toEqual({ quantity: "964", value: "19.28" });
    await client.post(`/sales/${sale.id}/void`, { reason: "Tea, please" }, key());
    expect((await balanceOf(client, shop.siteId, beans)).quantity).toBe("1000");
  });

  test("a till sells through, and the next delivery settles what was short", async () => {
    const itemId = await loaf("1");
    const lines = [{ itemId, quantity: "3" }];
    const sale = await sell(client, shop.siteId, lines, { tillId, onShort: "record" });
    expect(sale.lines[0]).toMatchObject({ cost: "1", costPending: true, shortQuantity: "2" });
    await receive(client, shop.siteId, [{ itemId, quantity: "5", totalCost: "10.00" }]);
    const { body } = await client.get(`/sales/${sale.id}`);
    expect(body.lines[0]).toMatchObject({ cost: "5", costPending: false, shortQuantity: "0" });
    expect((await balanceOf(client, shop.siteId, itemId)).quantity).toBe("3");
  });

  test("what a till owes of an item that never came fixes its unit, like a movement", async () => {
    const milk = await addItem(client, { unit: "ml" });
    const latte = await addItem(client, {
      kind: "product",
      unit: "piece",
      stocking: "made_to_order",
    });
    const ingredients = [{ itemId: milk, quantity: "200", unit: "ml" }];
    await make(client, "/recipes", {
      itemId: latte,
      yield: { quantity: "1", unit: "piece" },
      ingredients,
    });
    const tea = await addItem(client, { unit: "g" });
    const lines = [
      { itemId: latte, quantity: "1" },
      { itemId: tea, quantity: "5" },
    ];
    await sell(client, shop.siteId, lines, { tillId, onShort: "record" });
    for (const [itemId, unit] of [
      [milk, "l"],
      [tea, "kg"],
    ]) {
      const answer = await client.ask("PATCH", `/items/${itemId}`, {
        body: { unit },
        headers: { "if-match": '"1"' },
      });
      expect([answer.status, answer.body.code]).toEqual([409, "catalog.unit_locked"]);
    }
  });

  test("a pack is sold at so many times the piece and takes so many", async () => {
    const itemId = await loaf("20");
    const pack = { from: "box", to: "piece", numerator: 9, denominator: 1 };
    await make(client, `/items/${itemId}/conversions`, pack);
    const sale = await sell(client, shop.siteId, [{ itemId, quantity: "2", unit: "box" }]);
    expect(sale.lines[0]).toMatchObject({ unit: "box", unitPrice: "31.5", cost: "18" });
    expect((await balanceOf(client, shop.siteId, itemId)).quantity).toBe("2");
  });

  test("a tax rate changes with the business date, and the line keeps the one it was sold at", async () => {
    const code = `T${newId().slice(-8)}`;
    await make(client, "/tax-rates", { code, rate: "9", validFrom: "2026-01-01" });
    await make(client, "/tax-rates", { code, rate: "13.5", validFrom: "2026-03-10" });
    const itemId = await loaf("5", { taxCode: code });
    const lines = [{ itemId, quantity: "1" }];
    const fields = { soldAt: "2026-03-10T03:59:59Z" };
    await receive(client, shop.siteId, [{ itemId, quantity: "5", totalCost: "5" }], {
      effectiveAt: "2026-03-09T12:00:00Z",
    });
    const before = await sell(client, shop.siteId, lines, fields);
    const after = await sell(client, shop.siteId, lines);
    expect([before.businessDate, before.lines[0].taxRate]).toEqual(["2026-03-09", "9"]);
    expect([after.businessDate, after.lines[0].taxRate]).toEqual(["2026-03-10", "13.5"]);
  });
});

describe("200", () => {
  test("a void gives each layer back what it gave and keeps the number", async () => {
    const itemId = await loaf("3");
    await receive(client, shop.siteId, [{ itemId, quantity: "3", totalCost: "7.00" }]);
    const fields = { tillId };
    const sale = await sell(client, shop.siteId, [{ itemId, quantity: "4" }], fields);
    const answer = await client.post(`/sales/${sale.id}/void`, { reason: "Wrong loaf" }, key());
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      status: "voided",
      receiptNumber: sale.receiptNumber,
      version: 2,
    });
    expect(await balanceOf(client, shop.siteId, itemId)).toEqual({ quantity: "6", value: "10" });
  });

  test("a void cancels what the sale is still short of", async () => {
    const itemId = await loaf("1");
    const fields = { tillId, onShort: "record" };
    const sale = await sell(client, shop.siteId, [{ itemId, quantity: "3" }], fields);
    await client.post(`/sales/${sale.id}/void`, { reason: "Left it on the counter" }, key());
    await receive(client, shop.siteId, [{ itemId, quantity: "5", totalCost: "5.00" }]);
    expect((await balanceOf(client, shop.siteId, itemId)).quantity).toBe("6");
  });

  test("sales of a day are listed newest first, page by page", async () => {
    const itemId = await loaf("5");
    const { siteId } = shop;
    for (let n = 0; n < 3; n++) await sell(client, siteId, [{ itemId, quantity: "1" }]);
    const first = await client.get(`/sales?siteId=${siteId}&limit=2&businessDate=2026-03-10`);
    const next = encodeURIComponent(first.body.next);
    const second = await client.get(`/sales?siteId=${siteId}&limit=2&cursor=${next}`);
    const ids = [...first.body.data, ...second.body.data].map((sale: { id: string }) => sale.id);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
  });
});
