import { afterAll, expect, test } from "bun:test";
import * as bakery from "../../../test/harness/bakery.ts";
import { codesOf, croissantFile, openImporting } from "../../../test/harness/bakery-data.ts";
import { openTestWeb } from "../../../test/harness/web.ts";

const importing = await openImporting();
const { web, openSite, bring, itemId } = importing;
afterAll(() => importing.close());

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
    "/materials/  imports.name",
    "/materials/Rye H/batches/0/quantity imports.negative",
    "/materials/Rye H/batches/1/purchase_date imports.date",
    "/materials/Rye H/batches/2/cost_per_unit imports.not_a_number",
    "/materials/Rye H/batches/3/purchase_date imports.future",
    "/materials/Rye H/batches/5 imports.not_an_object",
    "/materials/Rye H/min_quantity imports.negative",
    "/materials/Salt H/unit imports.unit_unknown",
    "/products/Bun H/quantity imports.negative",
    "/products/rye h  imports.name_twice",
    "/recipes/Air H/batch_size imports.zero",
    "/recipes/Air H/ingredients imports.ingredients",
    "/recipes/Roll H/ingredients/Salt H imports.material_unknown",
    "/sales/1/quantity imports.negative",
    "/sales/2/total imports.total",
    "/sales/3/product imports.product_unknown",
    "/sales/4/date imports.date",
    "/sales/5/quantity imports.not_a_number",
    "/sales/7/date imports.future",
    "/sales/8/date imports.missing",
    "/sales/8/price imports.missing",
    "/sales/8/quantity imports.missing",
    "/sales/8/total imports.missing",
  ]);
  expect(codesOf(report.notices)).toEqual([
    "/version imports.unknown_field",
    "/sales/6/total imports.rounded",
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
  expect(answer).toMatchObject({ status: 422, body: { code: "imports.format" } });
  const products = Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`Bun ${n}`, {}]));
  const large = { ...body, content: { products } };
  const refused = await web.client.post("/imports", large, bakery.key());
  expect(refused).toMatchObject({ status: 422, body: { code: "imports.too_many" } });
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
  const failing = openTestWeb(importing.database.appUrl, {
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
