import { describe, expect, test } from "bun:test";
import type { LineItem } from "#modules/catalog/index.ts";
import { isFlourWhole, resolveFormula, type WrittenRecipe } from "./formula.ts";
import { over, ratioOf, ratioText, times } from "./ratio.ts";
import { sheetQuantity } from "./sheet.ts";

function item(id: string, fields: Partial<LineItem> = {}): LineItem {
  return {
    id,
    name: id,
    kind: "material",
    stocking: "stocked",
    unit: "kg",
    unitLocked: true,
    order: "fifo",
    price: null,
    taxCode: null,
    shelfLifeDays: null,
    density: null,
    pieceWeight: null,
    conversions: [],
    archived: false,
    ...fields,
  };
}

const items = (...list: LineItem[]) => new Map(list.map((each) => [each.id, each]));

function recipe(fields: Partial<WrittenRecipe> = {}): WrittenRecipe {
  return {
    recipeId: "recipe",
    version: 1,
    itemId: "loaf",
    yieldQuantity: "50",
    yieldUnit: "piece",
    bakeLoss: "0",
    handlingLoss: "0",
    labourMinutes: "0",
    overhead: "0",
    ingredients: [],
    ...fields,
  };
}

const percent = (itemId: string, bakersPercent: string, isFlour = false) => ({
  itemId,
  quantity: null,
  unit: null,
  bakersPercent,
  isFlour,
});
const weight = (itemId: string, quantity: string, unit: string) => ({
  itemId,
  quantity,
  unit,
  bakersPercent: null,
  isFlour: false,
});

const loaf = item("loaf", { unit: "piece", pieceWeight: "800" });
const bread = items(
  loaf,
  item("flour"),
  item("rye"),
  item("salt", { unit: "g" }),
  item("water", { unit: "l", density: "1", stocking: "none" }),
);
const sourdough = [
  percent("flour", "80", true),
  percent("rye", "20", true),
  percent("water", "65"),
  percent("salt", "2"),
];

describe("baker's percentages (domain rules 7)", () => {
  test("100 loaves of 800 g, 12 % bake loss, 2 % handling loss need 92764.378479 g of dough", () => {
    // 100 × 800 ÷ (0.88 × 0.98) = 80000 ÷ 0.8624, by hand.
    const written = { yieldQuantity: "100", bakeLoss: "0.12", handlingLoss: "0.02" };
    const { dough } = resolveFormula(recipe({ ...written, ingredients: sourdough }), bread);
    expect(dough && ratioText(dough)).toBe("92764.378479");
  });

  test("a percentage is its part of all percentages, in the item's own unit", () => {
    // 50 × 800 g = 40 kg; all together 167 %: flour 40 × 80 ÷ 167, water 40 × 65 ÷ 167 litres.
    const { lines } = resolveFormula(recipe({ ingredients: sourdough }), bread);
    expect(lines.map((line) => ratioText(line.quantity))).toEqual([
      "19.161677",
      "4.790419",
      "15.568862",
      "479.041916",
    ]);
    expect(lines.map((line) => line.unit)).toEqual(["g", "g", "g", "g"]);
  });

  test("ingredients by quantity come on top of the dough", () => {
    const paper = item("paper", { unit: "piece" });
    const ingredients = [percent("flour", "100", true), weight("paper", "50", "piece")];
    const { lines } = resolveFormula(recipe({ ingredients }), items(loaf, item("flour"), paper));
    expect(lines.map((line) => ratioText(line.quantity))).toEqual(["40", "50"]);
  });

  test("without a piece weight pieces have no dough", () => {
    const unknown = new Map(bread).set("loaf", item("loaf", { unit: "piece" }));
    expect(() => resolveFormula(recipe({ ingredients: sourdough }), unknown, (p) => p)).toThrow(
      expect.objectContaining({
        kind: "invalid",
        code: "recipes.yield_weight",
        errors: [expect.objectContaining({ pointer: "/yield/unit" })],
      }),
    );
  });

  test("the flours add up to 100, others do not count", () => {
    expect(isFlourWhole(sourdough)).toBe(true);
    expect(isFlourWhole([percent("flour", "99.9999", true), percent("salt", "0.0001")])).toBe(
      false,
    );
    expect(isFlourWhole([percent("flour", "100")])).toBe(false);
    expect(isFlourWhole([weight("flour", "3", "kg")])).toBe(true);
  });
});

describe("scaling", () => {
  test("a third of a formula stays exact until it is written", () => {
    const ingredients = [weight("flour", "1", "kg")];
    const { lines, yield: made } = resolveFormula(
      recipe({ yieldQuantity: "3", ingredients }),
      bread,
    );
    const factor = over(ratioOf("1"), made);
    const third = times(lines[0]?.quantity ?? ratioOf("0"), factor);
    expect(ratioText(third)).toBe("0.333333");
    expect(ratioText(times(third, ratioOf("3")))).toBe("1");
  });

  test("the sheet is rounded to the scale, half away from zero; pieces are not weighed", () => {
    const gram = ratioOf("1");
    expect(sheetQuantity(ratioOf("9.4695"), "kg", gram)).toBe("9.47");
    expect(sheetQuantity(ratioOf("333.333"), "g", gram)).toBe("333");
    expect(sheetQuantity(ratioOf("0.5"), "g", gram)).toBe("1");
    expect(sheetQuantity(ratioOf("1.2375"), "l", ratioOf("5"))).toBe("1.24");
    expect(sheetQuantity(ratioOf("2.25"), "g", ratioOf("0.1"))).toBe("2.3");
    expect(sheetQuantity(ratioOf("2.5"), "piece", gram)).toBe("2.5");
  });
});
