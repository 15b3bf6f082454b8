import { afterAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { balanceOf, key, saleOf, sell } from "../../../test/harness/bakery.ts";
import { openCounter } from "../../../test/harness/counter.ts";

const opening = "2026-03-10T09:00:00Z";
const counter = await openCounter(opening);
const { client, shop, loaf, tillId } = counter;
const cash = (amount: string) => [{ method: "cash", amount }];
afterAll(() => counter.close());

describe("404", () => {
  test("a sale that is not there cannot be read or voided", async () => {
    expect((await client.get(`/sales/${newId()}`)).status).toBe(404);
    expect((await client.get("/sales/17")).status).toBe(404);
    const answer = await client.post(`/sales/${newId()}/void`, { reason: "x" }, key());
    expect(answer.status).toBe(404);
  });
});

describe("409", () => {
  test("what is not on the books is refused with the shortage, and nothing is written", async () => {
    const itemId = await loaf("2");
    const lines = [
      { itemId, quantity: "2" },
      { itemId, quantity: "1" },
    ];
    const body = saleOf(shop.siteId, lines, { tillId });
    const answer = await client.post("/sales", body);
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe("stock.short");
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.body.errors[0]).toMatchObject({ pointer: "/lines/0" });
    expect((await client.get(`/sales/${body.id}`)).status).toBe(404);
    expect((await balanceOf(client, shop.siteId, itemId)).quantity).toBe("2");
  });

  test("a sale is voided once, and on its own business date only", async () => {
    const itemId = await loaf("5");
    const lines = [{ itemId, quantity: "1" }];
    const once = await sell(client, shop.siteId, lines);
    const late = await sell(client, shop.siteId, lines);
    const ask = (id: string) => client.post(`/sales/${id}/void`, { reason: "x" }, key());
    expect((await ask(once.id)).status).toBe(200);
    expect((await ask(once.id)).body.code).toBe("sales.voided");
    counter.setClock("2026-03-11T04:00:00Z");
    try {
      expect((await ask(late.id)).body.code).toBe("sales.void_too_late");
    } finally {
      counter.setClock(opening);
    }
  });
});

describe("422", () => {
  const refused = async (fields: Record<string, unknown>, line: Record<string, unknown> = {}) => {
    const itemId = await loaf("5");
    const lines = [{ itemId, quantity: "1", ...line }];
    const answer = await client.post("/sales", saleOf(shop.siteId, lines, fields));
    expect(answer.status).toBe(422);
    return answer.body.errors.map((error: { pointer: string }) => error.pointer);
  };

  test("another body under the same id", async () => {
    const itemId = await loaf("5");
    const sale = saleOf(shop.siteId, [{ itemId, quantity: "1" }]);
    await client.post("/sales", sale);
    const lines = [{ itemId, quantity: "2" }];
    const answer = await client.post("/sales", { ...sale, lines });
    expect([answer.status, answer.body.code]).toEqual([422, "idempotency.reused"]);
  });

  test("too little money, and change from a card", async () => {
    expect(await refused({ payments: cash("3.49") })).toEqual(["/payments"]);
    const card = [{ method: "card", amount: "3.51" }];
    expect(await refused({ payments: card })).toEqual(["/payments"]);
  });

  test("amounts finer than the smallest coin", async () => {
    expect(await refused({ discount: "0.001" })).toEqual(["/discount"]);
    expect(await refused({}, { discount: "0.001" })).toEqual(["/lines/0/discount"]);
  });

  test("quantities of 0, below 0, too fine, too large or not decimal", async () => {
    for (const quantity of ["0", "-3", "0.0000001", "1e3", "1000000000000", 1e21, "NaN", ""]) {
      expect(await refused({}, { quantity })).toEqual(["/lines/0/quantity"]);
    }
  });

  test("more money than a document holds", async () => {
    const line = { quantity: "999999999999", unitPrice: "999999999999" };
    expect(await refused({}, line)).toEqual(["/lines/0/quantity"]);
  });

  test("a time too long ago or ahead", async () => {
    expect(await refused({ soldAt: "2026-03-03T08:59:59Z" })).toEqual(["/soldAt"]);
    expect(await refused({ soldAt: "2026-03-10T09:05:01Z" })).toEqual(["/soldAt"]);
  });

  test("a site, a till or an item that is not there", async () => {
    expect(await refused({ siteId: newId() })).toEqual(["/siteId"]);
    expect(await refused({ tillId: newId() })).toEqual(["/tillId"]);
    expect(await refused({}, { itemId: newId() })).toEqual(["/lines/0/itemId"]);
  });

  test("selling through without a till", async () => {
    expect(await refused({ onShort: "record" })).toEqual(["/onShort"]);
  });

  test("a field it does not know", async () => {
    expect(await refused({ total: "1.00" })).toEqual(["/total"]);
  });
});
