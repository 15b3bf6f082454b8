import { afterAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { openCounter } from "../../../test/harness/counter.ts";
import { refundsAt } from "../../../test/harness/refunds.ts";
import { contextOf } from "../../../test/harness/stock-books.ts";
import { type HistoryReturn, recordHistory, recordHistoryReturns } from "./index.ts";

const counter = await openCounter("2026-03-10T09:00:00Z");
const { client, shop, loaf } = counter;
const { siteId } = shop;
const { ask } = refundsAt(counter);
afterAll(() => counter.close());

describe("imported returns", () => {
  const given = (fields: Partial<HistoryReturn>): HistoryReturn => ({
    key: newId(),
    foreignNumber: "150041",
    itemId: newId(),
    name: "Baguette",
    unit: "piece",
    quantity: "1",
    unitPrice: "0.9",
    total: "0.9",
    soldAt: "2021-01-02T08:38:00Z",
    businessDate: "2021-01-02",
    saleId: null,
    lineId: null,
    ...fields,
  });
  const record = (...returns: HistoryReturn[]) =>
    counter.app.db.withTransaction((tx) =>
      recordHistoryReturns(tx, contextOf(counter.app), { siteId, returns }),
    );

  test("are written once, with a sale or without, move no stock and pay nothing", async () => {
    const [one, other] = [given({}), given({ quantity: "2", total: "1.80" })];
    expect(await record(one)).toBe(1);
    expect(await record(one, other)).toBe(1);
    const { body } = await client.get(`/refunds?siteId=${siteId}&businessDate=2021-01-02`);
    expect(body.data).toHaveLength(2);
    expect(body.data[0]).toMatchObject({
      kind: "history",
      saleId: null,
      tillId: null,
      reason: null,
      foreignNumber: "150041",
      total: "1.80",
      payments: [],
      lines: [{ lineId: null, quantity: "2", disposition: "none", cost: null }],
    });
  });

  test("show at the sale they match, which cannot be refunded here", async () => {
    const itemId = await loaf("0");
    const saleId = newId();
    const { foreignNumber, businessDate, soldAt } = given({});
    const line = { itemId, name: "Baguette", unit: "piece", quantity: "3", unitPrice: "0.9" };
    const lines = [{ ...line, total: "2.70" }];
    const sales = [{ saleId, foreignNumber, businessDate, soldAt, lines }];
    await counter.app.db.withTransaction((tx) =>
      recordHistory(tx, contextOf(counter.app), { siteId, sales }),
    );
    const lineId = (await client.get(`/sales/${saleId}`)).body.lines[0].id;
    await record(given({ itemId, saleId, lineId }));
    const { body } = await client.get(`/sales/${saleId}`);
    expect(body).toMatchObject({ refundedTotal: "0.90", version: 2 });
    expect(body.lines[0].refundedQuantity).toBe("1");
    const answer = await ask(saleId, [{ lineId, quantity: "1" }]);
    expect([answer.status, answer.body.code]).toEqual([409, "sales.history"]);
  });
});
