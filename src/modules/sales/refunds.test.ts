import { afterAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { addItem, balanceOf, key, make, receive, sell } from "../../../test/harness/bakery.ts";
import { openCounter } from "../../../test/harness/counter.ts";
import { testActor } from "../../../test/harness/key.ts";
import { refundsAt } from "../../../test/harness/refunds.ts";

const opening = "2026-03-10T09:00:00Z";
const counter = await openCounter(opening);
const { client, shop, loaf, tillId } = counter;
const { siteId } = shop;
const { ask, refund, sold, broken } = refundsAt(counter);
afterAll(() => counter.close());

describe("amounts", () => {
  test("3 for 10.00 given back one at a time: 3.33, 3.34, 3.33, and the cost with them", async () => {
    const itemId = await addItem(client, { kind: "product", unit: "piece", price: "3.333333" });
    await receive(client, siteId, [{ itemId, quantity: "3", totalCost: "10.00" }]);
    const sale = await sell(client, siteId, [{ itemId, quantity: "3" }]);
    expect(sale.total).toBe("10.00");
    const line = { lineId: sale.lines[0].id, quantity: "1" };
    const back = [];
    for (let n = 0; n < 3; n++) back.push(await refund(sale.id, [line]));
    expect(back.map((each) => each.total)).toEqual(["3.33", "3.34", "3.33"]);
    expect(back.map((each) => each.lines[0].cost)).toEqual(["3.333333", "3.333334", "3.333333"]);
    const { body } = await client.get(`/sales/${sale.id}`);
    expect(body).toMatchObject({ refundedTotal: "10.00", version: 4, status: "completed" });
    expect(body.lines[0]).toMatchObject({ refundedQuantity: "3", cost: "10" });
  });

  test("tax and discount of a line go back whole, however it is cut", async () => {
    const code = `T${newId().slice(-8)}`;
    await make(client, "/tax-rates", { code, rate: "13.5", validFrom: "2026-01-01" });
    const itemId = await loaf("7", { taxCode: code });
    const lines = [{ itemId, quantity: "7", discount: "1.00" }];
    const sale = await sell(client, siteId, lines, { discount: "0.55" });
    const cents = { gross: 0, discount: 0, net: 0, tax: 0, total: 0 };
    for (const quantity of ["1", "2.5", "0.000001", "3.499999"]) {
      const { lines: back } = await refund(sale.id, [{ lineId: sale.lines[0].id, quantity }]);
      for (const column of Object.keys(cents) as (keyof typeof cents)[]) {
        cents[column] += Math.round(Number(back[0][column]) * 100);
      }
    }
    for (const [column, amount] of Object.entries(cents)) {
      expect([column, (amount / 100).toFixed(2)]).toEqual([column, sale.lines[0][column]]);
    }
  });

  test("a return of an item without stock costs nothing known", async () => {
    const itemId = await loaf("0", { stocking: "none" });
    const sale = await sell(client, siteId, [{ itemId, quantity: "1" }]);
    const back = await refund(sale.id, [{ lineId: sale.lines[0].id, quantity: "1" }]);
    expect(back.lines[0]).toMatchObject({ cost: null, total: "3.50" });
  });
});

describe("money", () => {
  test("goes back the way it was paid, or as the refund says", async () => {
    const itemId = await loaf("4");
    const payments = [
      { method: "card", amount: "5.00" },
      { method: "cash", amount: "10.00" },
    ];
    const sale = await sell(client, siteId, [{ itemId, quantity: "4" }], { payments });
    const lineId = sale.lines[0].id;
    const first = await refund(sale.id, [{ lineId, quantity: "2" }]);
    expect(first.payments).toEqual([
      { method: "card", amount: "5.00" },
      { method: "cash", amount: "2.00" },
    ]);
    const voucher = [{ method: "voucher", amount: "3.50" }];
    const second = await refund(sale.id, [{ lineId, quantity: "1" }], { payments: voucher });
    expect(second.payments).toEqual(voucher);
    const wrong = [{ method: "cash", amount: "3.49" }];
    const third = await ask(sale.id, [{ lineId, quantity: "1" }], { payments: wrong });
    expect([third.status, third.body.code]).toEqual([422, "sales.refund_payments"]);
  });

  test("a till of the site may give it, and the day is the refund's", async () => {
    const { sale, lineId } = await sold("1");
    counter.setClock("2026-03-12T09:00:00Z");
    try {
      const back = await refund(sale.id, [{ lineId, quantity: "1" }], { tillId });
      expect(back).toMatchObject({
        tillId,
        saleId: sale.id,
        businessDate: "2026-03-12",
        refundedAt: "2026-03-12T09:00:00Z",
        actor: testActor,
      });
      const byDate = await client.get(`/refunds?siteId=${siteId}&businessDate=2026-03-12`);
      expect(byDate.body.data).toEqual([back]);
      expect((await client.get(`/refunds/${back.id}`)).body).toEqual(back);
      expect((await client.get(`/sales/${sale.id}/refunds`)).body.data).toEqual([back]);
    } finally {
      counter.setClock(opening);
    }
  });
});

describe("refusals", () => {
  test("more than is left of a line, which says how much that is", async () => {
    const { sale, lineId } = await sold("3");
    await refund(sale.id, [{ lineId, quantity: "2" }]);
    const answer = await ask(sale.id, [{ lineId, quantity: "1.000001" }]);
    expect([answer.status, answer.body.code]).toEqual([409, "sales.refund_too_much"]);
    expect(answer.body.errors[0]).toMatchObject({ pointer: "/lines/0/quantity" });
    expect(answer.body.errors[0].message).toContain("Only 1 ");
  });

  test("a line of another sale, or twice the same", async () => {
    const [one, other] = [await sold("2"), await sold("1")];
    const foreign = await ask(one.sale.id, [{ lineId: other.lineId, quantity: "1" }]);
    expect([foreign.status, foreign.body.code]).toEqual([422, "sales.line"]);
    const line = { lineId: one.lineId, quantity: "1" };
    const twice = await ask(one.sale.id, [line, line]);
    expect([twice.status, twice.body.code]).toEqual([422, "sales.line_twice"]);
    expect(twice.body.errors[0].pointer).toBe("/lines/1/lineId");
  });

  test("a sale that is not there, and a till of nowhere", async () => {
    const line = { lineId: newId(), quantity: "1" };
    expect((await ask(newId(), [line])).status).toBe(404);
    expect((await client.get(`/sales/${newId()}/refunds`)).status).toBe(404);
    expect((await client.get(`/refunds/${newId()}`)).status).toBe(404);
    const { sale, lineId } = await sold("1");
    const answer = await ask(sale.id, [{ lineId, quantity: "1" }], { tillId: newId() });
    expect([answer.status, answer.body.code]).toEqual([422, "sites.till_unknown"]);
  });

  test("a refund of a voided sale, and a void of a refunded one", async () => {
    const one = await sold("2");
    const line = { lineId: one.lineId, quantity: "1" };
    await client.post(`/sales/${one.sale.id}/void`, { reason: "x" }, key());
    expect((await ask(one.sale.id, [line])).body.code).toBe("sales.voided");
    const two = await sold("2");
    await refund(two.sale.id, [{ lineId: two.lineId, quantity: "1" }]);
    const answer = await client.post(`/sales/${two.sale.id}/void`, { reason: "x" }, key());
    expect([answer.status, answer.body.code]).toEqual([409, "sales.refunded"]);
  });
});

describe("twice and at once", () => {
  test("the same key answers the same refund and gives nothing more", async () => {
    const { itemId, sale, lineId } = await sold("3");
    const body = { reason: "x", lines: [{ lineId, quantity: "1", disposition: "restock" }] };
    const headers = key();
    const first = await client.post(`/sales/${sale.id}/refunds`, body, headers);
    const again = await client.post(`/sales/${sale.id}/refunds`, body, headers);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.headers.get("location")).toBe(`/api/v1/refunds/${first.body.id}`);
    expect((await balanceOf(client, siteId, itemId)).quantity).toBe("1");
  });

  test("20 refunds of the same line at once never give back more than was sold", async () => {
    const { itemId, sale, lineId } = await sold("7");
    const line = { lineId, quantity: "1", disposition: "restock" };
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(sale.id, [line])));
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(7);
    expect(statuses.filter((status) => status === 409)).toHaveLength(13);
    expect(await balanceOf(client, siteId, itemId)).toEqual({ quantity: "7", value: "7" });
    const { body } = await client.get(`/sales/${sale.id}`);
    expect(body.refundedTotal).toBe(sale.total);
  });

  test("of a void and refunds at once, only one kind happens", async () => {
    for (let n = 0; n < 5; n++) {
      const { itemId, sale, lineId } = await sold("4");
      const line = { lineId, quantity: "1", disposition: "restock" };
      const [voided, ...refunded] = await Promise.all([
        client.post(`/sales/${sale.id}/void`, { reason: "x" }, key()),
        ask(sale.id, [line]),
        ask(sale.id, [line]),
      ]);
      const isVoided = voided.status === 200;
      for (const answer of refunded) expect(answer.status).toBe(isVoided ? 409 : 201);
      const { quantity } = await balanceOf(client, siteId, itemId);
      expect(quantity).toBe(isVoided ? "4" : "2");
    }
  });
});

test("the books of all of this are sound", async () => {
  expect(await broken()).toBeNull();
});
