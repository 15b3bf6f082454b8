import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Decimal, decimal, decimalText, sum, ZERO } from "#platform/decimal.ts";
import type { Tender } from "./pricing.ts";
import { heldBy, type LineRest, payableWith, payBack, refundAmounts } from "./refund.ts";

const text = (value: Decimal) => decimalText(value);
const tender = (method: Tender["method"], amount: string): Tender => ({
  method,
  amount: decimal(amount),
});
const shown = (tenders: readonly Tender[]) =>
  tenders.map(({ method, amount }) => `${method} ${text(amount)}`);
const restOf = (quantity: string, gross: string, discount = "0", tax = "0"): LineRest => ({
  quantity: decimal(quantity),
  gross: decimal(gross),
  discount: decimal(discount),
  tax: decimal(tax),
});

/** Gives a line back in these parts. */
function giveBack(whole: LineRest, parts: readonly string[], pricesIncludeTax = true) {
  let rest = whole;
  return parts.map((part) => {
    const amounts = refundAmounts(rest, decimal(part), { minorDigits: 2, pricesIncludeTax });
    rest = {
      quantity: rest.quantity.minus(decimal(part)),
      gross: rest.gross.minus(amounts.gross),
      discount: rest.discount.minus(amounts.discount),
      tax: rest.tax.minus(amounts.tax),
    };
    return amounts;
  });
}

describe("amounts", () => {
  test("3 for 10.00 given back one at a time: 3.33, 3.34, 3.33", () => {
    const parts = giveBack(restOf("3", "10.00"), ["1", "1", "1"]);
    expect(parts.map((part) => text(part.total))).toEqual(["3.33", "3.34", "3.33"]);
  });

  test("discount and tax go back in parts of their own", () => {
    const parts = giveBack(restOf("3", "10.00", "1.00", "1.07"), ["1", "1", "1"]);
    expect(parts.map((part) => text(part.discount))).toEqual(["0.33", "0.34", "0.33"]);
    expect(parts.map((part) => text(part.tax))).toEqual(["0.36", "0.36", "0.35"]);
  });

  test("no tax without a total to hold it", () => {
    // 0.10 less 0.05, of which 0.05 is tax at 1000 %: half of it is 0.02, not 0.02 with 0.03 tax.
    const parts = giveBack(restOf("2", "0.10", "0.05", "0.05"), ["1", "1"]);
    expect(parts.map((part) => [text(part.total), text(part.tax), text(part.net)])).toEqual([
      ["0.02", "0.02", "0"],
      ["0.03", "0.03", "0"],
    ]);
  });

  test("all parts of a line add up to it, and none is negative, however it is cut", () => {
    const line = fc.record({
      gross: fc.integer({ min: 0, max: 2_000 }),
      off: fc.double({ min: 0, max: 1, noNaN: true }),
      taxed: fc.double({ min: 0, max: 1, noNaN: true }),
      cuts: fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 12 }),
      inclusive: fc.boolean(),
    });
    fc.assert(
      fc.property(line, ({ gross, off, taxed, cuts, inclusive }) => {
        const discount = Math.floor(gross * off);
        const tax = Math.floor((gross - discount) * taxed);
        const parts = cuts.map((cut) => (cut / 1e6).toFixed(6));
        const quantity = text(sum(parts.map(decimal)));
        const money = (cents: number) => (cents / 100).toFixed(2);
        const whole = restOf(quantity, money(gross), money(discount), money(tax));
        const given = giveBack(whole, parts, inclusive);
        for (const column of ["gross", "discount", "tax"] as const) {
          expect(text(sum(given.map((part) => part[column])))).toBe(text(whole[column]));
        }
        for (const part of given) {
          expect(part.net.plus(part.tax).eq(part.total)).toBe(true);
          for (const amount of Object.values(part)) expect(amount.gte(ZERO)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("money", () => {
  const step = decimal("0.05");

  test("goes back by the sale's payments, in their order, cash less its change", () => {
    const held = heldBy([tender("card", "5.00"), tender("cash", "10.00")], decimal("7.00"), [
      tender("card", "4.00"),
    ]);
    expect(shown(held)).toEqual(["card 1", "cash 3"]);
    const paid = payBack({ total: decimal("2"), isFinal: false, held, cashStep: undefined });
    expect(shown(paid)).toEqual(["card 1", "cash 1"]);
  });

  test("cash goes back in coins, and the final refund gives back what is still held", () => {
    const held = [tender("cash", "7.90")];
    const part = payBack({ total: decimal("3.33"), isFinal: false, held, cashStep: step });
    expect(shown(part)).toEqual(["cash 3.35"]);
    const rest = [tender("cash", "4.55")];
    const last = payBack({ total: decimal("4.59"), isFinal: true, held: rest, cashStep: step });
    expect(shown(last)).toEqual(["cash 4.55"]);
  });

  test("what another method gave back before is not given again", () => {
    const held = heldBy([tender("card", "10")], ZERO, [tender("cash", "4")]);
    const last = payBack({ total: decimal("6"), isFinal: true, held, cashStep: undefined });
    expect(shown(last)).toEqual(["card 6"]);
  });

  test("payments that are asked for add up to the total, cash in coins", () => {
    const ask = (...tenders: Tender[]) => text(payableWith(decimal("7.92"), tenders, step));
    expect(ask(tender("card", "7.92"))).toBe("7.92");
    expect(ask(tender("cash", "7.90"))).toBe("7.9");
    expect(ask(tender("card", "5"), tender("cash", "2.90"))).toBe("7.9");
    expect(ask(tender("card", "9"), tender("cash", "1"))).toBe("7.92");
  });
});
