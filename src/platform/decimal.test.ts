import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  allocate,
  decimal,
  decimalText,
  divide,
  isPlainDecimal,
  moneyText,
  roundTo,
  sum,
  trimZeros,
} from "./decimal.ts";

const texts = (values: readonly ReturnType<typeof decimal>[]) => values.map(decimalText);

describe("input", () => {
  test("takes strings and exact numbers, refuses what a float has spoilt", () => {
    const taken = ["0", "12.5", "-3", "0.000001", 12.5, 0, 123456789012345, 0.1, 19.6];
    for (const input of taken) expect([input, isPlainDecimal(input)]).toEqual([input, true]);
    const refused = ["", "1e3", "01", "+1", ".5", "5.", " 1", "1,5", "NaN", "Infinity", "0x10"];
    const floats = [0.1 + 0.2, 1e21, 1e-7, Number.NaN, Number.POSITIVE_INFINITY];
    for (const input of [...refused, ...floats, null, {}, true]) {
      expect([input, isPlainDecimal(input)]).toEqual([input, false]);
    }
  });
});

describe("rounding", () => {
  test("half goes away from zero, as NUMERIC does (domain rules 2)", () => {
    const rounded = ["2.5", "-2.5", "0.5", "-0.5", "2.4999"].map((text) =>
      roundTo(decimal(text), 0),
    );
    expect(texts(rounded)).toEqual(["3", "-3", "1", "-1", "2"]);
  });

  test("a quotient is rounded once", () => {
    expect(decimalText(divide(decimal("10"), decimal("3"), 6))).toBe("3.333333");
    expect(decimalText(divide(decimal("2"), decimal("3"), 6))).toBe("0.666667");
    // Rounded twice, by way of ten places, this would be 0.5 and then 1.
    expect(decimalText(divide(decimal("0.49999999999"), decimal("1"), 0))).toBe("0");
  });
});

describe("text", () => {
  test("amounts show the currency's minor digits and no negative zero", () => {
    expect(moneyText(decimal("3.5"), 2)).toBe("3.50");
    expect(moneyText(decimal("3"), 0)).toBe("3");
    expect(moneyText(decimal("-0"), 2)).toBe("0.00");
  });

  test("zeros of NUMERIC are trimmed, those of a whole number stay", () => {
    const trimmed = ["12.500000", "100.000000", "100", "0.000000", "-1.10"].map(trimZeros);
    expect(trimmed).toEqual(["12.5", "100", "100", "0", "-1.1"]);
  });
});

describe("ALLOC", () => {
  test("100.00 over 1, 1, 1 is 33.34, 33.33, 33.33 (domain rules 2)", () => {
    const weights = ["1", "1", "1"].map(decimal);
    expect(texts(allocate(decimal("100.00"), weights, 2))).toEqual(["33.34", "33.33", "33.33"]);
  });

  test("the largest remainder gets the rest, ties the lowest index", () => {
    expect(texts(allocate(decimal("0.05"), ["3", "7"].map(decimal), 2))).toEqual(["0.02", "0.03"]);
    expect(texts(allocate(decimal("0.01"), ["1", "1"].map(decimal), 2))).toEqual(["0.01", "0"]);
  });

  test("no weight at all is an error", () => {
    expect(() => allocate(decimal("1"), [decimal("0")], 2)).toThrow(RangeError);
  });

  test("parts add up and stay within a step of their share, whatever the weights", () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), weights, (cents, given) => {
        fc.pre(given.some((weight) => weight > 0));
        const total = divide(decimal(String(cents)), decimal("100"), 2);
        const asDecimals = given.map((weight) => decimal(String(weight)));
        const parts = allocate(total, asDecimals, 2);
        expect(sum(parts).eq(total)).toBe(true);
        const whole = sum(asDecimals);
        parts.forEach((part, index) => {
          const share = total.times(asDecimals[index] ?? decimal("0"));
          expect(
            part
              .times(whole)
              .minus(share)
              .abs()
              .lt(whole.times(decimal("0.01"))),
          ).toBe(true);
        });
      }),
    );
  });
});
