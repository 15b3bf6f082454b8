import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decimalText } from "#platform/decimal.ts";
import { readBakeryData } from "./bakery-data.ts";
import { Findings, readDecimal, readMoment } from "./findings.ts";

const junk = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.constant("__proto__"));
const some = <T>(good: fc.Arbitrary<T>) => fc.oneof({ weight: 4, arbitrary: good }, junk);
const amount = some(fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -5, max: 50 })));
const day = some(fc.constantFrom("2026-01-05", "2026-02-30", "2026-11-21 02:52:16", ""));
const name = fc.oneof(fc.constantFrom("Flour", "Butter", "flour ", "Bun"), fc.string());
const material = fc.record({
  unit: some(fc.constantFrom("kg", "dozen", "pinch")),
  min_quantity: amount,
  batches: some(
    fc.array(some(fc.record({ quantity: amount, cost_per_unit: amount, purchase_date: day }))),
  ),
});
const recipe = fc.record({
  ingredients: some(
    fc.oneof(
      fc.array(some(fc.record({ material: some(name), quantity: amount }))),
      fc.dictionary(name, amount),
    ),
  ),
  batch_size: amount,
});
const sale = fc.record({
  product: some(name),
  quantity: amount,
  price: amount,
  total: amount,
  date: day,
});
const content = fc.record({
  materials: some(fc.dictionary(name, some(material))),
  recipes: some(fc.dictionary(name, some(recipe))),
  products: some(fc.dictionary(name, some(fc.record({ quantity: amount, price: amount })))),
  sales: some(fc.array(some(sale))),
});

const sizeOf = (value: unknown): number =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.keys(value).length
    : 0;

test("whatever a file says, every line is taken or left out, and what is left out is reported", () => {
  fc.assert(
    fc.property(content, (file) => {
      const read = readBakeryData(file, 2);
      const { materials, products, recipes, sales, skipped, findings } = read;
      const items = sizeOf(file.materials) + sizeOf(file.products);
      expect(materials.size + products.size + skipped.item).toBe(items);
      expect(recipes.length + skipped.recipe).toBe(sizeOf(file.recipes));
      const listed = Array.isArray(file.sales) ? file.sales.length : 0;
      expect(sales.length + skipped.sale).toBe(listed);
      const lost = Object.values(skipped).reduce((sum, count) => sum + count, 0);
      if (lost > 0) expect(findings.problemCount).toBeGreaterThan(0);
      for (const row of sales) expect(row.quantity.gt("0") && row.price.gte("0")).toBe(true);
      for (const row of read.batches)
        expect(row.quantity.gt("0") && row.unitCost.gte("0")).toBe(true);
    }),
    { numRuns: 300 },
  );
});

describe("numbers are read by their shortest text", () => {
  const read = (value: unknown) => {
    const findings = new Findings();
    const found = readDecimal(findings, "/x", value);
    const [first] = [...findings.problems, ...findings.notices];
    return [found && decimalText(found), first?.code];
  };
  const rows: [unknown, string | undefined, string | undefined][] = [
    [19.6, "19.6", undefined],
    [0.1 + 0.2, "0.3", "imports.rounded"],
    [48.900000000000006, "48.9", "imports.rounded"],
    [-0, "0", undefined],
    [-3, undefined, "imports.negative"],
    [1e-9, undefined, "imports.too_small"],
    [1e21, undefined, "imports.too_large"],
    [Number.NaN, undefined, "imports.not_a_number"],
    ["12", undefined, "imports.not_a_number"],
    [true, undefined, "imports.not_a_number"],
    [null, undefined, "imports.not_a_number"],
    [undefined, undefined, "imports.missing"],
  ];
  for (const [value, text, code] of rows) {
    test(`${typeof value} ${value}`, () => {
      expect(read(value)).toEqual([text, code]);
    });
  }
});

test("moments must exist", () => {
  const read = (value: unknown) => readMoment(new Findings(), "/x", value);
  expect(read("2026-11-21 02:52:16")).toBe("2026-11-21 02:52:16");
  expect(read("2026-11-21T02:52")).toBe("2026-11-21 02:52");
  expect(read("2026-11-21")).toBe("2026-11-21 00:00:00");
  for (const wrong of ["2026-02-29 10:00:00", "2026-11-21 24:00:00", "21.11.2026", 20261121, ""]) {
    expect(read(wrong)).toBeUndefined();
  }
});
