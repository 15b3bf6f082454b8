import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decimal, decimalText, sum } from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import {
  addCategory,
  addItem,
  balanceOf,
  key,
  layersOf,
  make,
  receive,
  saleOf,
  sell,
} from "../../../test/harness/bakery.ts";
import { openCounter } from "../../../test/harness/counter.ts";
import { refundsAt } from "../../../test/harness/refunds.ts";

const opening = "2026-03-10T09:00:00Z";
const counter = await openCounter(opening);
const { client, shop, loaf, tillId } = counter;
const { siteId } = shop;
const { ask, refund, sold, movementsOf, broken } = refundsAt(counter);
afterAll(() => counter.close());

describe("stock", () => {
  test("the layer that was taken last gets back first", async () => {
    const itemId = await loaf("2");
    await receive(client, siteId, [{ itemId, quantity: "3", totalCost: "10.00" }]);
    const sale = await sell(client, siteId, [{ itemId, quantity: "4" }]);
    const restock = (quantity: string) =>
      refund(sale.id, [{ lineId: sale.lines[0].id, quantity, disposition: "restock" }]);
    await restock("1.5");
    const layers = await layersOf(client, siteId, itemId);
    expect(layers.map((each) => `${each.quantity} @ ${each.value}`)).toEqual([
      "0 @ 0",
      "2.5 @ 8.333333",
    ]);
    await restock("2.5");
    expect(await balanceOf(client, siteId, itemId)).toEqual({ quantity: "5", value: "12" });
  });

  test("where the first to expire goes first, the last to expire comes back first", async () => {
    const categoryId = await addCategory(client, "fefo");
    const itemId = await addItem(client, { kind: "product", categoryId });
    await receive(client, siteId, [
      { itemId, quantity: "1", totalCost: "5.00" },
      { itemId, quantity: "1", totalCost: "1.00", expiresOn: "2026-03-15" },
    ]);
    const sale = await sell(client, siteId, [{ itemId, quantity: "2" }]);
    const back = await refund(sale.id, [{ lineId: sale.lines[0].id, quantity: "1" }]);
    expect(back.lines[0].cost).toBe("5");
  });

  test("waste leaves what is on hand and moves the cost from the sale to waste", async () => {
    const { itemId, sale, lineId } = await sold("2", "5");
    const before = await balanceOf(client, siteId, itemId);
    await refund(sale.id, [{ lineId, quantity: "1" }]);
    expect(await balanceOf(client, siteId, itemId)).toEqual(before);
    expect(await movementsOf(itemId)).toEqual([
      "receipt 5 @ 5",
      "sale -2 @ -2",
      "refund 1 @ 1",
      "refund_waste -1 @ -1",
    ]);
  });

  test("nothing comes back of what the customer keeps, then or later", async () => {
    const { itemId, sale, lineId } = await sold("3");
    const none = await refund(sale.id, [{ lineId, quantity: "1", disposition: "none" }]);
    expect(none.lines[0].cost).toBeNull();
    expect(await movementsOf(itemId)).toHaveLength(2);
    await refund(sale.id, [{ lineId, quantity: "2", disposition: "restock" }]);
    expect(await balanceOf(client, siteId, itemId)).toEqual({ quantity: "2", value: "2" });
  });

  test("what is short is cancelled first; a delivery afterwards settles the rest", async () => {
    const itemId = await loaf("1");
    const fields = { tillId, onShort: "record" };
    const sale = await sell(client, siteId, [{ itemId, quantity: "4" }], fields);
    await refund(sale.id, [{ lineId: sale.lines[0].id, quantity: "2" }]);
    expect(await movementsOf(itemId)).toEqual(["receipt 1 @ 1", "sale -1 @ -1"]);
    const { body } = await client.get(`/sales/${sale.id}`);
    expect(body.lines[0]).toMatchObject({ shortQuantity: "1", costPending: true });
    await receive(client, siteId, [{ itemId, quantity: "5", totalCost: "10.00" }]);
    expect((await balanceOf(client, siteId, itemId)).quantity).toBe("4");
  });

  test("what settled the line later goes back like what it took", async () => {
    const itemId = await loaf("1");
    const fields = { tillId, onShort: "record" };
    const sale = await sell(client, siteId, [{ itemId, quantity: "3" }], fields);
    await receive(client, siteId, [{ itemId, quantity: "5", totalCost: "10.00" }]);
    const line = { lineId: sale.lines[0].id, disposition: "restock" };
    const first = await refund(sale.id, [{ ...line, quantity: "2" }]);
    expect(first.lines[0].cost).toBe("4");
    const second = await refund(sale.id, [{ ...line, quantity: "1" }]);
    expect(second.lines[0].cost).toBe("1");
    expect(await balanceOf(client, siteId, itemId)).toEqual({ quantity: "6", value: "11" });
  });

  test("what was made to order goes back as its ingredients, to be thrown away", async () => {
    const beans = await addItem(client, { unit: "g" });
    const milk = await addItem(client, { unit: "ml" });
    await receive(client, siteId, [
      { itemId: beans, quantity: "1000", totalCost: "20.00" },
      { itemId: milk, quantity: "1000", totalCost: "1.00" },
    ]);
    const coffee = await loaf("0", { stocking: "made_to_order" });
    const ingredients = [
      { itemId: beans, quantity: "18", unit: "g" },
      { itemId: milk, quantity: "50", unit: "ml" },
    ];
    await make(client, "/recipes", {
      itemId: coffee,
      yield: { quantity: "1", unit: "piece" },
      ingredients,
    });
    const sale = await sell(client, siteId, [{ itemId: coffee, quantity: "2" }]);
    const line = { lineId: sale.lines[0].id, quantity: "1" };
    const refused = await ask(sale.id, [{ ...line, disposition: "restock" }]);
    expect([refused.status, refused.body.code]).toEqual([409, "sales.not_restockable"]);
    expect(refused.body.errors[0].pointer).toBe("/lines/0/disposition");
    const back = await refund(sale.id, [line]);
    expect(back.lines[0].cost).toBe("0.41");
    expect(await movementsOf(beans)).toEqual([
      "receipt 1000 @ 20",
      "sale -36 @ -0.72",
      "refund 18 @ 0.36",
      "refund_waste -18 @ -0.36",
    ]);
  });

  test("what has expired by then does not go back to the shelf", async () => {
    const itemId = await addItem(client, { kind: "product", unit: "piece" });
    const line = { itemId, quantity: "2", totalCost: "2.00", expiresOn: "2026-03-11" };
    await receive(client, siteId, [line]);
    const sale = await sell(client, siteId, [{ itemId, quantity: "2" }]);
    const restocked = [{ lineId: sale.lines[0].id, quantity: "1", disposition: "restock" }];
    counter.setClock("2026-03-11T20:00:00Z");
    try {
      expect((await ask(sale.id, restocked)).status).toBe(201);
      counter.setClock("2026-03-12T08:00:00Z");
      expect((await ask(sale.id, restocked)).body.code).toBe("sales.not_restockable");
    } finally {
      counter.setClock(opening);
    }
  });

  test("what goes back to a lot that is held by now is held, too", async () => {
    const { itemId, sale, lineId } = await sold("2");
    const [{ lotId }] = (await layersOf(client, siteId, itemId)) as [{ lotId: string }];
    await make(client, `/stock/lots/${lotId}/hold`, { reason: "glass" });
    await refund(sale.id, [{ lineId, quantity: "1", disposition: "restock" }]);
    await refund(sale.id, [{ lineId, quantity: "1", disposition: "waste" }]);
    const again = saleOf(siteId, [{ itemId, quantity: "1" }]);
    expect((await client.post("/sales", again)).body.code).toBe("stock.short");
    await make(client, `/stock/lots/${lotId}/release`, {});
    expect((await client.post("/sales", again)).status).toBe(201);
  });

  test("a run whose output served a line that was refunded is not reversed", async () => {
    const flour = await addItem(client);
    await receive(client, siteId, [{ itemId: flour, quantity: "10", totalCost: "10.00" }]);
    const bread = await loaf("0");
    const ingredients = [{ itemId: flour, quantity: "1", unit: "kg" }];
    const recipe = { itemId: bread, yield: { quantity: "1", unit: "piece" }, ingredients };
    const { id: recipeId } = await make(client, "/recipes", recipe);
    const fields = { tillId, onShort: "record" };
    const sale = await sell(client, siteId, [{ itemId: bread, quantity: "2" }], fields);
    const run = await make(client, "/production-runs", { siteId, recipeId, plannedOutput: "5" });
    await refund(sale.id, [{ lineId: sale.lines[0].id, quantity: "1" }]);
    const answer = await client.post(`/production-runs/${run.id}/reverse`, {}, key());
    expect([answer.status, answer.body.code]).toEqual([409, "stock.not_whole"]);
  });
});

describe("late prices", () => {
  test("go back with what they were added to, so that all refunds are what the sale cost", async () => {
    const itemId = await addItem(client, { kind: "product", unit: "piece" });
    const line = { itemId, quantity: "10", totalCost: "10.00" };
    const receipt = await receive(client, siteId, [line]);
    const sale = await sell(client, siteId, [{ itemId, quantity: "6" }]);
    const back = { lineId: sale.lines[0].id, quantity: "2" };
    const costs = [(await refund(sale.id, [back])).lines[0].cost];
    const path = `/receipts/${receipt.id}/price-corrections`;
    await make(client, path, { lines: [{ lineId: receipt.lines[0].id, totalCost: "15.00" }] });
    for (const disposition of ["restock", "waste"]) {
      costs.push((await refund(sale.id, [{ ...back, disposition }])).lines[0].cost);
    }
    expect(costs).toEqual(["2", "3", "3"]);
    const { body } = await client.get(`/sales/${sale.id}`);
    expect(body.lines[0].cost).toBe("8");
    expect(await balanceOf(client, siteId, itemId)).toEqual({ quantity: "6", value: "9" });
  });

  test("a void takes them back out of the sale", async () => {
    const itemId = await addItem(client, { kind: "product", unit: "piece" });
    const line = { itemId, quantity: "3", totalCost: "10.00" };
    const receipt = await receive(client, siteId, [line]);
    const lines = [
      { itemId, quantity: "1" },
      { itemId, quantity: "1" },
    ];
    const sale = await sell(client, siteId, lines);
    const path = `/receipts/${receipt.id}/price-corrections`;
    await make(client, path, { lines: [{ lineId: receipt.lines[0].id, totalCost: "20.01" }] });
    await client.post(`/sales/${sale.id}/void`, { reason: "x" }, key());
    expect(await balanceOf(client, siteId, itemId)).toEqual({ quantity: "3", value: "20.01" });
  });
});

test("all refunds of a line are what it sold for and cost, however it is cut", async () => {
  const code = `T${newId().slice(-8)}`;
  await make(client, "/tax-rates", { code, rate: "13.5", validFrom: "2026-01-01" });
  const parts = fc.array(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 1, maxLength: 6 });
  const dispositions = fc.infiniteStream(fc.constantFrom("waste", "restock"));
  const columns = ["gross", "discount", "net", "tax", "total", "cost"];
  await fc.assert(
    fc.asyncProperty(parts, dispositions, async (cuts, dispositionOf) => {
      const itemId = await loaf("0", { taxCode: code, unit: "kg" });
      const onHand = { itemId, quantity: "1.333333", totalCost: "0.77" };
      await receive(client, siteId, [onHand, { ...onHand, totalCost: "1.01" }]);
      const quantity = sum(cuts.map((cut) => decimal((cut / 1e6).toFixed(6))));
      const sold = [
        {
          itemId,
          quantity: decimalText(quantity),
          discount: quantity.times(decimal("1.3")).toFixed(2, 0),
        },
      ];
      const sale = await sell(client, siteId, sold, { tillId, onShort: "record" });
      await receive(client, siteId, [{ itemId, quantity: "20", totalCost: "14.13" }]);
      const backs = [];
      for (const cut of cuts) {
        const disposition = dispositionOf.next().value;
        const back = { lineId: sale.lines[0].id, quantity: (cut / 1e6).toFixed(6), disposition };
        backs.push((await refund(sale.id, [back])).lines[0]);
      }
      const [line] = (await client.get(`/sales/${sale.id}`)).body.lines;
      const texts = (rows: readonly Record<string, string>[]) =>
        columns.map((name) => decimalText(sum(rows.map((row) => decimal(row[name] ?? "0")))));
      expect(texts(backs)).toEqual(texts([line]));
    }),
    { numRuns: 12 },
  );
});

test("the books of all of this are sound", async () => {
  expect(await broken()).toBeNull();
});
