import { afterAll, describe, expect, test } from "bun:test";
import { balanceOf, key, saleOf } from "../../../test/harness/bakery.ts";
import { openCounter } from "../../../test/harness/counter.ts";

const counter = await openCounter("2026-03-10T09:00:00Z");
const { client, loaf, shop, tillId } = counter;
afterAll(() => counter.close());

const most = "999999999999.999999";

describe("422", () => {
  test("a receipt that no balance can hold is refused and leaves nothing", async () => {
    const itemId = await loaf("0");
    const lines = [{ itemId, quantity: most, totalCost: "1" }];
    const ask = () => client.post("/receipts", { siteId: shop.siteId, lines }, key());
    expect((await ask()).status).toBe(201);
    const { status, body } = await ask();
    expect([status, body.code]).toEqual([422, "http.number_range"]);
    expect((await balanceOf(client, shop.siteId, itemId)).quantity).toBe(most);
  });

  test("more sold through than a shortfall can hold is refused and leaves nothing", async () => {
    const itemId = await loaf("0");
    const line = { itemId, quantity: most, unitPrice: "0" };
    const fields = { tillId, onShort: "record", payments: [] };
    const sale = saleOf(shop.siteId, [line, line], fields);
    const { status, body } = await client.post("/sales", sale);
    expect([status, body.code]).toEqual([422, "http.number_range"]);
    expect((await client.get(`/sales/${sale.id}`)).status).toBe(404);
  });

  test("a total that no sale can hold is refused", async () => {
    const itemId = await loaf("40");
    const line = { itemId, quantity: "1", unitPrice: "999999999999" };
    const payments = Array(20).fill({ method: "card", amount: "999999999999" });
    const sale = saleOf(shop.siteId, Array(20).fill(line), { payments });
    expect((await client.post("/sales", sale)).status).toBe(422);
  });
});
