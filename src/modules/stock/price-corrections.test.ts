import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let bench: TestWeb;
let siteId: string;

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl);
  siteId = (await bakery.openShop(bench.client)).siteId;
}, 60_000);

afterAll(async () => {
  await bench.close();
  await database.drop();
});

async function deliver(costs: readonly string[] = ["10.00"]) {
  const itemId = await bakery.addItem(bench.client);
  const lines = costs.map((totalCost) => ({ itemId, quantity: "4", totalCost }));
  const receipt = await bakery.receive(bench.client, siteId, lines);
  const lineIds: string[] = receipt.lines.map((line: { id: string }) => line.id);
  return { receiptId: receipt.id as string, lineId: lineIds[0] ?? "", lineIds, itemId };
}

function correct(receiptId: string, body: object, headers = bakery.key()) {
  return bench.client.post(`/receipts/${receiptId}/price-corrections`, body, headers);
}

describe("201", () => {
  test("says what the lines cost before and after, and stands in the lists", async () => {
    const { receiptId, lineIds, itemId } = await deliver(["10.00", "3.00"]);
    const [first, second] = lineIds;
    const id = newId();
    const lines = [
      { lineId: second, totalCost: "4.00" },
      { lineId: first, totalCost: "9.5" },
    ];
    const { status, headers, body } = await correct(receiptId, { id, reason: "INV-1", lines });
    expect([status, headers.get("location")]).toEqual([201, `/api/v1/price-corrections/${id}`]);
    expect(body).toMatchObject({
      id,
      siteId,
      receiptId,
      reason: "INV-1",
      difference: "0.50",
      wentTo: { stock: "0.5", sale: "0", waste: "0", count: "0", return: "0", loss: "0" },
      lines: [
        { lineId: second, itemId, previousCost: "3.00", totalCost: "4.00" },
        { lineId: first, itemId, previousCost: "10.00", totalCost: "9.50" },
      ],
    });
    expect((await bench.client.get(`/price-corrections/${id}`)).body).toEqual(body);
    const { data } = (await bench.client.get(`/price-corrections?siteId=${siteId}&limit=1`)).body;
    expect(data).toEqual([body]);
    const again = { lines: [{ lineId: first, totalCost: "9.00" }] };
    const next = await correct(receiptId, again);
    expect(next.body.lines).toMatchObject([{ previousCost: "9.50", totalCost: "9.00" }]);
    const receipt = (await bench.client.get(`/receipts/${receiptId}`)).body;
    expect(receipt.lines).toMatchObject([
      { totalCost: "10.00", correctedCost: "9.00" },
      { totalCost: "3.00", correctedCost: "4.00" },
    ]);
  });

  test("its layers and its costs come in pages, the costs by kind if asked", async () => {
    const { receiptId, lineIds, itemId } = await deliver(["1.00", "1.00", "1.00"]);
    for (const quantity of ["5", "1"]) {
      await bakery.sell(bench.client, siteId, [{ itemId, quantity }]);
    }
    await bakery.make(bench.client, "/stock/waste", {
      siteId,
      reason: "wet",
      lines: [{ itemId, quantity: "4" }],
    });
    const lines = lineIds.map((lineId) => ({ lineId, totalCost: "2.00" }));
    const { body } = await correct(receiptId, { lines });
    expect(body.wentTo).toMatchObject({ stock: "0.5", sale: "1.5", waste: "1" });
    const pages = async (path: string) => {
      const found: { kind: string; value: string }[] = [];
      for (let cursor = ""; ; ) {
        const page = await bakery.read(bench.client, `${path}limit=1${cursor}`);
        found.push(...page.data);
        if (page.next === null) return found;
        cursor = `&cursor=${page.next}`;
      }
    };
    const costs = await pages(`/price-corrections/${body.id}/costs?`);
    expect(costs.map(({ kind, value }) => [kind, value])).toEqual([
      ["sale", "1"],
      ["sale", "0.25"],
      ["sale", "0.25"],
      ["waste", "0.5"],
      ["waste", "0.5"],
    ]);
    const wasted = await pages(`/price-corrections/${body.id}/costs?kind=waste&`);
    expect(wasted).toEqual(costs.slice(3));
    const layers = await pages(`/price-corrections/${body.id}/layers?`);
    expect(layers.map(({ value }) => value)).toEqual(["0.5"]);
  });

  test("the same key again answers the same, and the price is corrected once", async () => {
    const { receiptId, lineId, itemId } = await deliver();
    const headers = bakery.key();
    const body = { lines: [{ lineId, totalCost: "12.00" }] };
    const first = await correct(receiptId, body, headers);
    const again = await correct(receiptId, body, headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect((await bakery.balanceOf(bench.client, siteId, itemId)).value).toBe("12");
  });
});

describe("404", () => {
  test("of a receipt or a correction that does not exist", async () => {
    const { lineId } = await deliver();
    const missing = await correct(newId(), { lines: [{ lineId, totalCost: "1.00" }] });
    expect([missing.status, missing.body.code]).toEqual([404, "stock.document_not_found"]);
    for (const path of ["", "/layers", "/costs"]) {
      const { status, body } = await bench.client.get(`/price-corrections/${newId()}${path}`);
      expect([status, body.code]).toEqual([404, "stock.document_not_found"]);
    }
  });
});

describe("409", () => {
  test("an id that is in use", async () => {
    const { receiptId, lineId } = await deliver();
    const id = newId();
    await correct(receiptId, { id, lines: [{ lineId, totalCost: "11.00" }] });
    const { status, body } = await correct(receiptId, {
      id,
      lines: [{ lineId, totalCost: "12.00" }],
    });
    expect([status, body.code]).toEqual([409, "stock.id_taken"]);
  });
});

describe("422", () => {
  test("a price that is the same, too fine, of another receipt's line or of a line named twice", async () => {
    const { receiptId, lineId } = await deliver();
    const other = await deliver();
    const refusals: [object[], string, string][] = [
      [[{ lineId, totalCost: "10.00" }], "stock.same_cost", "/lines/0/totalCost"],
      [[{ lineId, totalCost: "10.001" }], "stock.amount", "/lines/0/totalCost"],
      [[{ lineId: other.lineId, totalCost: "1.00" }], "stock.line", "/lines/0/lineId"],
      [
        [
          { lineId, totalCost: "1.00" },
          { lineId, totalCost: "2.00" },
        ],
        "stock.line_twice",
        "/lines/1/lineId",
      ],
    ];
    for (const [lines, code, pointer] of refusals) {
      const { status, body } = await correct(receiptId, { lines });
      expect([status, body.code, body.errors[0].pointer]).toEqual([422, code, pointer]);
    }
    const none = await correct(receiptId, { lines: [] });
    expect(none.status).toBe(422);
  });
});
