import { afterAll, beforeAll, expect, test } from "bun:test";
import * as bakery from "../../../test/harness/bakery.ts";
import { croissantFile, type Flexible } from "../../../test/harness/bakery-data.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let web: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl, { now: () => new Date("2026-11-21T12:00:00Z") });
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

async function bring(siteId: string, content: object, more: object = {}) {
  const body = { siteId, format: "bakery-data", content, ...more };
  return bakery.make(web.client, "/imports", body);
}

const openSite = async () => (await bakery.openShop(web.client, { zone: "Europe/Paris" })).siteId;

async function itemId(name: string): Promise<string> {
  const { data } = await bakery.read(web.client, "/items?limit=200");
  return data.find((item: Flexible) => item.name === name)?.id;
}

const codesOf = (findings: Flexible[]) => findings.map(({ pointer, code }) => `${pointer} ${code}`);

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
  expect(codesOf(report.notices)).toContain("/materials/Flour C/batches/0 import.changed");
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
  expect(codesOf(there.notices)).toContain("/recipes/Croissant G import.recipe_kept");
});

test("impossible lines are reported one by one and the rest goes on", async () => {
  const siteId = await openSite();
  const batch = { quantity: 1, cost_per_unit: 1, purchase_date: "2026-01-01" };
  const sale = {
    product: "Bun H",
    quantity: 2,
    price: 1.1,
    total: 2.2,
    date: "2026-03-01 10:00:00",
  };
  const content = {
    version: 2,
    materials: {
      "Rye H": {
        unit: "kg",
        min_quantity: -4,
        batches: [
          { ...batch, quantity: -1 },
          { ...batch, purchase_date: "2026-02-30" },
          { ...batch, cost_per_unit: "two" },
          { ...batch, purchase_date: "2027-01-01" },
          { ...batch, quantity: 0.1, cost_per_unit: 0.2 },
          "batch",
        ],
      },
      "Salt H": { unit: "pinch", batches: [batch] },
      " ": { unit: "kg" },
    },
    recipes: {
      "Bun H": { ingredients: [{ material: "Rye H", quantity: 0.5 }], batch_size: 10 },
      "Roll H": { ingredients: { "Salt H": 1, "Rye H": 1 }, batch_size: 10 },
      "Air H": { ingredients: {}, batch_size: 0 },
    },
    products: { "Bun H": { quantity: -5, price: 1.1 }, "rye h ": { quantity: 1, price: 1 } },
    sales: [
      sale,
      { ...sale, quantity: -3 },
      { ...sale, total: 2.3 },
      { ...sale, product: "Ghost" },
      { ...sale, date: "2026-02-29 10:00:00" },
      { ...sale, quantity: null },
      { ...sale, quantity: 3, total: 3.3000000000000003 },
      { ...sale, date: "2030-01-01 10:00:00" },
      { product: "Bun H" },
    ],
  };
  const { report } = await bring(siteId, content);
  expect(codesOf(report.problems).sort()).toEqual([
    "/materials/  import.name",
    "/materials/Rye H/batches/0/quantity import.negative",
    "/materials/Rye H/batches/1/purchase_date import.date",
    "/materials/Rye H/batches/2/cost_per_unit import.not_a_number",
    "/materials/Rye H/batches/3/purchase_date import.future",
    "/materials/Rye H/batches/5 import.not_an_object",
    "/materials/Rye H/min_quantity import.negative",
    "/materials/Salt H/unit import.unit_unknown",
    "/products/Bun H/quantity import.negative",
    "/products/rye h  import.name_twice",
    "/recipes/Air H/batch_size import.zero",
    "/recipes/Air H/ingredients import.ingredients",
    "/recipes/Roll H/ingredients/Salt H import.material_unknown",
    "/sales/1/quantity import.negative",
    "/sales/2/total import.total",
    "/sales/3/product import.product_unknown",
    "/sales/4/date import.date",
    "/sales/5/quantity import.not_a_number",
    "/sales/7/date import.future",
    "/sales/8/date import.missing",
    "/sales/8/price import.missing",
    "/sales/8/quantity import.missing",
    "/sales/8/total import.missing",
  ]);
  expect(codesOf(report.notices)).toEqual([
    "/version import.unknown_field",
    "/sales/6/total import.rounded",
  ]);
  expect(report.items).toMatchObject({ created: 2, skipped: 3 });
  expect(report.lots).toMatchObject({ created: 1, skipped: 7 });
  expect(report.recipes).toMatchObject({ created: 1, skipped: 2 });
  expect(report.sales).toMatchObject({ created: 2, skipped: 7 });
  const rye = await itemId("Rye H");
  expect(await bakery.balanceOf(web.client, siteId, rye)).toEqual({
    quantity: "0.1",
    value: "0.02",
  });
});

test("what is no data file at all is refused", async () => {
  const siteId = await openSite();
  const body = { siteId, format: "bakery-data", content: { hello: 1 } };
  const answer = await web.client.post("/imports", body, bakery.key());
  expect(answer).toMatchObject({ status: 422, body: { code: "import.format" } });
  const products = Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`Bun ${n}`, {}]));
  const large = { ...body, content: { products } };
  const refused = await web.client.post("/imports", large, bakery.key());
  expect(refused).toMatchObject({ status: 422, body: { code: "import.too_many" } });
  const missing = await web.client.post("/imports", body);
  expect(missing.status).toBe(400);
});

test("an import that is not there, or not an id, is 404", async () => {
  for (const id of ["01a1fc7e-23f4-75e1-9c7d-8547e9e1f234", "nobody"]) {
    expect((await web.client.get(`/imports/${id}`)).status).toBe(404);
  }
});

test("the same key answers the same import, and refuses another file", async () => {
  const siteId = await openSite();
  const body = { siteId, format: "bakery-data", content: croissantFile(" J") };
  const key = bakery.key();
  const first = await web.client.post("/imports", body, key);
  expect(first.headers.get("location")).toBe(`/api/v1/imports/${first.body.id}`);
  const again = await web.client.post("/imports", body, key);
  expect(again.headers.get("idempotency-replayed")).toBe("true");
  expect(again).toMatchObject({ status: 201, body: { id: first.body.id } });
  const other = { ...body, content: croissantFile(" K") };
  expect((await web.client.post("/imports", other, key)).status).toBe(422);
  const { data } = await bakery.read(web.client, `/imports?siteId=${siteId}`);
  expect(data).toMatchObject([{ id: first.body.id, lots: { created: 5 }, problemCount: 0 }]);
});

test("a failure in the middle leaves nothing behind", async () => {
  const siteId = await openSite();
  const failing = openTestWeb(database.appUrl, {
    now: web.app.now,
    observe: (sql) => {
      if (sql.includes("into sales.sales")) throw new Error("killed");
    },
  });
  const body = { siteId, format: "bakery-data", content: croissantFile(" L") };
  const answer = await failing.client.post("/imports", body, bakery.key());
  await failing.close();
  expect(answer.status).toBe(500);
  expect(await itemId("Flour L")).toBeUndefined();
  expect((await bakery.read(web.client, `/stock?siteId=${siteId}`)).data).toEqual([]);
});

test("two at once bring the file in once", async () => {
  const siteId = await openSite();
  const file = croissantFile(" I");
  const both = await Promise.all([bring(siteId, file), bring(siteId, file)]);
  expect(both.map(({ report }) => report.lots.created).sort()).toEqual([0, 5]);
  expect((await bakery.balanceOf(web.client, siteId, await itemId("Flour I"))).quantity).toBe("80");
  expect((await bakery.read(web.client, "/stock/verify")).isSound).toBe(true);
});
