import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decimal, decimalText, divide } from "#platform/decimal.ts";
import { expiryOf, settleRun, sharesOf } from "./cost.ts";

const settle = (total: string, expected: string, actual: string) =>
  settleRun(decimal(total), decimal(expected), decimal(actual));

describe("what a run costs (domain rules 7)", () => {
  test("C 100, expected 50, actual 40: 20 is waste, each of 40 costs 2.00", () => {
    const { good, loss } = settle("100", "50", "40");
    expect(decimalText(loss)).toBe("20");
    expect(decimalText(divide(good, decimal("40"), 6))).toBe("2");
  });

  test("13521.26 over 97 in, 1 normal loss, 96 good: 140.846458 each (ERPNext 33094)", () => {
    const { good, loss } = settle("13521.26", "96", "96");
    expect(decimalText(loss)).toBe("0");
    expect(decimalText(divide(good, decimal("96"), 6))).toBe("140.846458");
  });

  test("nothing good came out: all of it is loss", () => {
    const { good, loss } = settle("12.345678", "50", "0");
    expect([good, loss].map(decimalText)).toEqual(["0", "12.345678"]);
  });

  test("more than expected makes each cheaper and nothing is lost", () => {
    const { good, loss } = settle("100", "50", "80");
    expect([good, loss].map(decimalText)).toEqual(["100", "0"]);
  });

  test("good and loss always add up to the total, to the sixth place", () => {
    const micro = fc
      .bigInt(0n, 10n ** 15n)
      .map((n) => divide(decimal(String(n)), decimal("1000000"), 6));
    fc.assert(
      fc.property(micro, micro, micro, (total, expected, actual) => {
        fc.pre(expected.gt(decimal("0")));
        const { good, loss } = settleRun(total, expected, actual);
        expect(decimalText(good.plus(loss))).toBe(decimalText(total));
        expect(good.gte(decimal("0")) && loss.gte(decimal("0"))).toBe(true);
      }),
    );
  });
});

test("layers share what was consumed by their values, evenly if they have none", () => {
  expect(sharesOf([decimal("9"), decimal("1")])).toEqual(["9", "1"]);
  expect(sharesOf([decimal("0"), decimal("0")])).toEqual(["1", "1"]);
});

test("the last good day is the day of the run and the shelf life", () => {
  expect(expiryOf("2026-02-27", 3)).toBe("2026-03-02");
  expect(expiryOf("2026-02-27", 0)).toBe("2026-02-27");
  expect(expiryOf("2026-02-27", null)).toBeNull();
});
