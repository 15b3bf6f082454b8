import { afterAll, expect, test } from "bun:test";
import * as bakery from "../../../test/harness/bakery.ts";
import { codesOf, openImporting } from "../../../test/harness/bakery-data.ts";

const importing = await openImporting();
const { web, openSite, bring } = importing;
afterAll(() => importing.close());

const batch = { quantity: 1, cost_per_unit: 1 };
const sale = { product: "Bun C", quantity: 2, price: 1.1, total: 2.2 };
const content = {
  version: 2,
  materials: {
    "Rye C": {
      unit: "kg",
      batches: [
        { ...batch, purchase_date: "2026-01-31" },
        { ...batch, purchase_date: "2026-02-01" },
      ],
    },
  },
  recipes: {
    "Bun C": { ingredients: [{ material: "Rye C", quantity: 0.5 }], batch_size: 10 },
  },
  products: { "Bun C": { quantity: 3, price: 1.1 } },
  sales: [
    { ...sale, date: "2026-02-01 03:59:00" },
    { ...sale, date: "2026-02-01 04:00:00" },
  ],
};
const close = (siteId: string) =>
  bakery.make(web.client, "/periods/close", { siteId, through: "2026-01-31" });

test("lines dated in a closed period are reported and left out, the rest goes on", async () => {
  const siteId = await openSite();
  await close(siteId);
  const { report } = await bring(siteId, content);
  expect(codesOf(report.problems).sort()).toEqual([
    "/materials/Rye C/batches/0/purchase_date imports.closed",
    "/sales/0/date imports.closed",
  ]);
  expect(report).toMatchObject({ lots: { created: 2 }, sales: { created: 1 } });
});

test("what was brought in before the close is no problem when the file comes again", async () => {
  const siteId = await openSite();
  await bring(siteId, content);
  await close(siteId);
  const { report } = await bring(siteId, {
    ...content,
    products: { "Bun C": { quantity: 3, price: 1.2 } },
  });
  expect(codesOf(report.problems)).toEqual([]);
});
