import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decimal, decimalText } from "#platform/decimal.ts";
import { AppError } from "#platform/errors.ts";
import { type AllergenState, allergenNames } from "./model/items.ts";
import {
  checkConversion,
  checkUnits,
  factorBetween,
  joinAllergens,
  type Measured,
  toStockQuantity,
  type UnitConversion,
} from "./rules.ts";

function item(unit: string, more: Partial<Measured> = {}): Measured {
  return { unit, density: null, pieceWeight: null, conversions: [], ...more };
}

function pack(from: string, to: string, numerator: bigint, denominator = 1n): UnitConversion {
  return { from, to, numerator, denominator };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return "none";
}

const inStock = (quantity: string, unit: string, of: Measured) =>
  decimalText(toStockQuantity(decimal(quantity), unit, of).quantity);

describe("quantities in the stock unit (domain rules 2)", () => {
  test("a box of 9 received and 9 pieces sold leave exactly 0 [E#52650]", () => {
    const byPiece = item("piece", { conversions: [pack("box", "piece", 9n)] });
    const received = toStockQuantity(decimal("1"), "box", byPiece).quantity;
    const sold = toStockQuantity(decimal("9"), "piece", byPiece).quantity;
    expect(decimalText(received.minus(sold))).toBe("0");
  });

  test("a box that is a third of a kg: 3 boxes are exactly 1 kg", () => {
    const byBoxWeight = item("kg", { conversions: [pack("box", "kg", 1n, 3n)] });
    expect(inStock("3", "box", byBoxWeight)).toBe("1");
    expect(inStock("1", "box", byBoxWeight)).toBe("0.333333");
    expect(factorBetween("box", byBoxWeight)).toEqual({ numerator: 1n, denominator: 3n });
  });

  test("the metric system needs nothing, density and piece weight join the rest", () => {
    expect(inStock("1.5", "kg", item("g"))).toBe("1500");
    expect(inStock("250", "ml", item("l"))).toBe("0.25");
    const oil = item("kg", { density: "0.92" });
    expect(inStock("1", "l", oil)).toBe("0.92");
    expect(factorBetween("ml", oil)).toEqual({ numerator: 23n, denominator: 25_000n });
    const egg = item("piece", { pieceWeight: "58.5", density: "1.03" });
    expect(inStock("585", "g", egg)).toBe("10");
    expect(inStock("1", "l", egg)).toBe("17.606838");
  });

  test("packs of packs convert without a rounding on the way", () => {
    const conversions = [
      pack("pallet", "box", 7n),
      pack("box", "bag", 1n, 7n),
      pack("bag", "kg", 25n),
    ];
    expect(inStock("2", "pallet", item("kg", { conversions }))).toBe("50");
  });

  test("a pack counted against the stock unit works in both directions", () => {
    const flour = item("kg", { conversions: [pack("kg", "sack", 1n, 25n)] });
    expect(inStock("2", "sack", flour)).toBe("50");
  });

  test("what would become zero is refused, zero itself is not", () => {
    expect(codeOf(() => inStock("0.0001", "g", item("kg")))).toBe("catalog.unit_too_small");
    expect(inStock("0", "g", item("kg"))).toBe("0");
  });

  test("what does not fit the books is refused", () => {
    expect(codeOf(() => inStock("999999999999", "kg", item("g")))).toBe("catalog.unit_too_large");
  });

  test("a unit without a path is named at its line", () => {
    for (const unit of ["l", "piece", "box", "KG"]) {
      expect(codeOf(() => factorBetween(unit, item("kg")))).toBe("catalog.unit_unknown");
    }
    try {
      toStockQuantity(decimal("1"), "box", item("kg"), "/lines/2");
    } catch (error) {
      expect((error as AppError).errors[0]?.pointer).toBe("/lines/2/unit");
    }
    expect.assertions(5);
  });
});

describe("units that contradict each other", () => {
  const box = [pack("box", "piece", 9n), pack("kg", "box", 1n, 3n)];

  test("a second path that agrees is accepted", () => {
    const roll = item("piece", { pieceWeight: "333.5", conversions: [pack("box", "piece", 2n)] });
    const twoWays = [...roll.conversions, pack("g", "box", 1n, 667n)];
    expect(codeOf(() => checkUnits({ ...roll, conversions: twoWays }))).toBe("none");
  });

  test("a second path that disagrees is refused, from either side", () => {
    const disagreeing = item("piece", { pieceWeight: "50", conversions: box });
    expect(codeOf(() => checkUnits(disagreeing))).toBe("catalog.unit_disagrees");
    const loop = [pack("box", "crate", 1n, 4n), pack("crate", "box", 5n)];
    expect(codeOf(() => checkUnits(item("kg", { conversions: loop })))).toBe(
      "catalog.unit_disagrees",
    );
  });

  test("a pack cannot stand in for a piece weight", () => {
    expect(codeOf(() => checkUnits(item("piece", { conversions: box })))).toBe(
      "catalog.unit_bridge",
    );
  });

  test("factors beyond 18 digits are refused", () => {
    const trillion = 1_000_000_000_000n;
    const conversions = [pack("a", "kg", trillion), pack("b", "a", trillion)];
    expect(codeOf(() => checkUnits(item("kg", { conversions })))).toBe("catalog.unit_extreme");
  });

  test("a conversion must be about a pack that does not look like a stock unit", () => {
    expect(codeOf(() => checkConversion(pack("box", "box", 1n)))).toBe("catalog.pack_same");
    expect(codeOf(() => checkConversion(pack("l", "kg", 1n)))).toBe("catalog.pack_standard");
    expect(codeOf(() => checkConversion(pack("KG", "kg", 1n)))).toBe("catalog.pack_lookalike");
    expect(codeOf(() => checkConversion(pack("box", "piece ", 1n)))).toBe("catalog.pack_lookalike");
    expect(codeOf(() => checkConversion(pack("box", "piece", 9n)))).toBe("none");
  });
});

describe("properties of conversion", () => {
  const part = fc.bigInt({ min: 1n, max: 10_000n });
  const micros = fc.bigInt({ min: 1n, max: 10n ** 12n });
  const text = (micro: bigint) => decimalText(decimal(String(micro)).times("0.000001"));
  const unit = fc.constantFrom("g", "kg", "ml", "l", "piece", "box", "crate");
  const measured = fc
    .record({ unit, density: micros, pieceWeight: micros, a: part, b: part, c: part, d: part })
    .map(({ unit: stock, density, pieceWeight, a, b, c, d }) => ({
      unit: stock,
      density: text(density),
      pieceWeight: text(pieceWeight),
      conversions: [pack("box", "piece", a, b), pack("crate", "box", c, d)],
    }));

  test("there and back again is exactly one, and by a third unit exactly the same", () => {
    fc.assert(
      fc.property(measured, unit, unit, (of, a, b) => {
        const [there, back] = [
          factorBetween(a, { ...of, unit: b }),
          factorBetween(b, { ...of, unit: a }),
        ];
        expect(there.numerator * back.numerator).toBe(there.denominator * back.denominator);
        const [first, second] = [factorBetween(a, of), factorBetween(b, of)];
        const product = first.numerator * second.denominator * there.denominator;
        expect(product).toBe(there.numerator * second.numerator * first.denominator);
      }),
    );
  });

  test("a tree of units never disagrees with itself", () => {
    fc.assert(
      fc.property(measured, (of) => {
        const code = codeOf(() => checkUnits(of));
        expect(["none", "catalog.unit_extreme"]).toContain(code);
      }),
    );
  });
});

describe("allergens of what is made of several (domain rules 9)", () => {
  test("contains > unknown > may contain > free", () => {
    const join = (...states: (AllergenState | undefined)[]) =>
      joinAllergens(states.map((milk) => (milk === undefined ? {} : { milk }))).milk;
    expect(join("contains", undefined, "free")).toBe("contains");
    expect(join("may_contain", undefined, "free")).toBeUndefined();
    expect(join("may_contain", "free")).toBe("may_contain");
    expect(join("free", "free")).toBe("free");
  });

  test("of nothing, nothing is known", () => {
    expect(joinAllergens([])).toEqual({});
  });

  test("there are 14", () => {
    expect(new Set(allergenNames).size).toBe(14);
  });
});
