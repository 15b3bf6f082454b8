import { afterAll, expect, test } from "bun:test";
import * as bakery from "../../../test/harness/bakery.ts";
import {
  codesOf,
  croissantFile,
  type Flexible,
  openImporting,
} from "../../../test/harness/bakery-data.ts";

const importing = await openImporting();
const { web, openSite, bring, itemId } = importing;
afterAll(() => importing.close());

test("the acceptance values of the older app hold on these books", async () => {
  const siteId = await openSite();
  const { report } = await bring(siteId, croissantFile(" A"));
  expect(report.problemCount).toBe(0);
  expect(report.lots).toEqual({ created: 5, matched: 0, unchanged: 0, skipped: 0 });
  const flour = await itemId("Flour A");
  const [first, second] = await bakery.layersOf(web.client, siteId, flour);
  expect(first).toMatchObject({
    quantity: "50",
    value: "100",
    effectiveAt: "2026-01-01T03:00:00Z",
  });
  expect(second).toMatchObject({
    quantity: "30",
    value: "66",
    effectiveAt: "2026-01-05T03:00:00Z",
  });
  const waste = { siteId, reason: "Used", lines: [{ itemId: flour, quantity: "60" }] };
  await bakery.make(web.client, "/stock/waste", waste);
  const left = await bakery.layersOf(web.client, siteId, flour);
  expect(left.map((layer) => layer.quantity)).toEqual(["0", "20"]);
  expect(left[1]).toMatchObject({ lotId: second.lotId, value: "44" });
  await bakery.receive(web.client, siteId, [
    { itemId: flour, quantity: "50", totalCost: "115.00" },
  ]);
  const { data: recipes } = await bakery.read(web.client, "/recipes?limit=200");
  const croissant = await itemId("Croissant A");
  const recipe = recipes.find((each: Flexible) => each.itemId === croissant);
  expect(recipe.yield).toEqual({ quantity: "12", unit: "piece" });
  const before = await bakery.balanceOf(web.client, siteId, croissant);
  await bakery.make(web.client, "/production-runs", {
    siteId,
    recipeId: recipe.id,
    plannedOutput: "24",
  });
  const after = await bakery.balanceOf(web.client, siteId, croissant);
  expect(Number(after.quantity) - Number(before.quantity)).toBe(24);
  expect((await bakery.balanceOf(web.client, siteId, flour)).quantity).toBe("69");
});

test("the same file again changes nothing, and a longer one adds only what is new", async () => {
  const siteId = await openSite();
  const file = croissantFile(" B");
  await bring(siteId, file);
  const before = await bakery.read(web.client, `/stock?siteId=${siteId}`);
  const again = await bring(siteId, file);
  for (const kind of ["items", "lots", "recipes", "sales"]) {
    expect(again.report[kind].created).toBe(0);
    expect(again.report[kind].unchanged).toBeGreaterThan(0);
  }
  expect(await bakery.read(web.client, `/stock?siteId=${siteId}`)).toEqual(before);
  file.materials["Flour B"]?.batches.push({
    quantity: 5,
    cost_per_unit: 2.4,
    purchase_date: "2026-02-01",
  });
  file.sales.push(...file.sales.slice(0, 1));
  const longer = await bring(siteId, file);
  expect(longer.report.lots).toMatchObject({ created: 1, unchanged: 5 });
  expect(longer.report.sales).toMatchObject({ created: 1, unchanged: 2 });
  const { data: sales } = await bakery.read(web.client, `/sales?siteId=${siteId}`);
  expect(sales).toHaveLength(3);
});

test("a batch that says another quantity than before is noticed, not taken twice", async () => {
  const siteId = await openSite();
  await bring(siteId, croissantFile(" C"));
  const changed = croissantFile(" C");
  const [batch] = changed.materials["Flour C"]?.batches ?? [];
  if (batch) batch.quantity = 19;
  const { report } = await bring(siteId, changed);
  expect(report.lots.created).toBe(0);
  expect(codesOf(report.notices)).toContain("/materials/Flour C/batches/0 imports.changed");
  expect((await bakery.balanceOf(web.client, siteId, await itemId("Flour C"))).quantity).toBe("80");
});

test("history has no till, no receipt, no stock and no cost, and cannot be voided", async () => {
  const siteId = await openSite();
  await bring(siteId, croissantFile(" D"));
  const { data: sales } = await bakery.read(web.client, `/sales?siteId=${siteId}`);
  expect(sales).toHaveLength(2);
  const [sale] = sales;
  expect(sale).toMatchObject({
    kind: "history",
    tillId: null,
    receiptNumber: null,
    payments: [],
    total: "35.00",
    businessDate: "2026-11-19",
    soldAt: "2026-11-20T01:52:16Z",
  });
  expect(sale.foreignNumber).toStartWith("bakery-data:");
  expect(sale.lines[0]).toMatchObject({ cost: null, quantity: "10", unitPrice: "3.5" });
  const stock = await bakery.balanceOf(web.client, siteId, await itemId("Croissant D"));
  expect(stock).toEqual({ quantity: "14", value: "0" });
  const voided = await web.client.post(`/sales/${sale.id}/void`, { reason: "Test" }, bakery.key());
  expect(voided.status).toBe(409);
});

test("a dry run reports the same and writes nothing", async () => {
  const siteId = await openSite();
  const file = croissantFile(" E");
  const dry = await bring(siteId, file, { dryRun: true });
  expect(dry).toMatchObject({ id: null, recordedAt: null, dryRun: true });
  expect(await itemId("Flour E")).toBeUndefined();
  expect((await bakery.read(web.client, `/imports?siteId=${siteId}`)).data).toEqual([]);
  const wet = await bring(siteId, file);
  const strip = (records: Flexible[]) => records.map(({ id: _, ...rest }) => rest);
  expect(strip(wet.report.records)).toEqual(strip(dry.report.records));
  expect({ ...wet.report, records: [] }).toEqual({ ...dry.report, records: [] });
  expect(await bakery.read(web.client, `/imports/${wet.id}`)).toEqual(wet);
});

test("eggs by the dozen are pieces here, at the same cost", async () => {
  const siteId = await openSite();
  await bring(siteId, {
    materials: {
      "Eggs F": {
        unit: "dozen",
        min_threshold: 2,
        batches: [{ quantity: 10, cost_per_unit: 3, purchase_date: "2026-01-01" }],
      },
    },
    recipes: { "Cake F": { ingredients: { "Eggs F": 0.5 }, batch_size: 1 } },
    products: { "Cake F": { quantity: 0, price: 0 } },
  });
  const eggs = await itemId("Eggs F");
  expect(await bakery.read(web.client, `/items/${eggs}`)).toMatchObject({
    unit: "piece",
    reorderLevel: "24",
  });
  expect(await bakery.balanceOf(web.client, siteId, eggs)).toEqual({
    quantity: "120",
    value: "30",
  });
  const cake = await itemId("Cake F");
  expect((await bakery.read(web.client, `/items/${cake}`)).price).toBeNull();
  const { data: recipes } = await bakery.read(web.client, "/recipes?limit=200");
  const recipe = recipes.find((each: Flexible) => each.itemId === cake);
  expect(recipe.ingredients).toMatchObject([{ itemId: eggs, quantity: "0.5", unit: "dozen" }]);
  const { lines } = await bakery.make(web.client, "/stock/waste", {
    siteId,
    reason: "Dropped",
    lines: [{ itemId: eggs, quantity: "0.5", unit: "dozen" }],
  });
  expect(lines[0].stockQuantity).toBe("6");
});

test("an item that is here by its name is used, in its own unit", async () => {
  const siteId = await openSite();
  const flour = await bakery.addItem(web.client, { name: "Flour G", unit: "g" });
  const { report } = await bring(siteId, croissantFile(" G"));
  expect(report.items).toMatchObject({ created: 3, matched: 1 });
  expect((await bakery.balanceOf(web.client, siteId, flour)).quantity).toBe("80000");
  const second = await openSite();
  const { report: there } = await bring(second, croissantFile(" G"));
  expect(there.items).toMatchObject({ created: 0, matched: 4 });
  expect(there.recipes.matched).toBe(1);
  expect(codesOf(there.notices)).toContain("/recipes/Croissant G imports.recipe_kept");
});
