import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Decimal, decimal, decimalText, sum } from "#platform/decimal.ts";
import { priceInUnit, priceLines, settlePayments } from "./pricing.ts";

const line = (unitPrice: string, quantity = "1", taxRate = "0", discount = "0") => ({
  unitPrice: decimal(unitPrice),
  quantity: decimal(quantity),
  taxRate: decimal(taxRate),
  discount: decimal(discount),
});
const terms = (orderDiscount = "0", pricesIncludeTax = true, minorDigits = 2) => ({
  orderDiscount: decimal(orderDiscount),
  pricesIncludeTax,
  minorDigits,
});
const text = (value: Decimal | undefined) => value && decimalText(value);

describe("tax", () => {
  test("24.99 at 10.75 % exclusive is 2.69 (domain rules 8, Medusa #14818)", () => {
    const [priced] = priceLines([line("24.99", "1", "10.75")], terms("0", false));
    expect([text(priced?.net), text(priced?.tax), text(priced?.total)]).toEqual([
      "24.99",
      "2.69",
      "27.68",
    ]);
  });

  test("inclusive tax is taken out of the total", () => {
    const [priced] = priceLines([line("11.35", "1", "13.5")], terms());
    expect([text(priced?.net), text(priced?.tax), text(priced?.total)]).toEqual([
      "10",
      "1.35",
      "11.35",
    ]);
  });

  test("half a cent rounds away from zero", () => {
    const [priced] = priceLines([line("0.50", "1", "1")], terms("0", false));
    expect(text(priced?.tax)).toBe("0.01");
  });
});

describe("discounts", () => {
  test("an order discount of 1.00 over three equal lines is 0.34, 0.33, 0.33", () => {
    const priced = priceLines([line("2.00"), line("2.00"), line("2.00")], terms("1.00"));
    expect(priced.map((each) => text(each.discount))).toEqual(["0.34", "0.33", "0.33"]);
  });

  test("a line that is free already takes no share of the order's discount", () => {
    const priced = priceLines([line("2.00", "1", "0", "2.00"), line("2.00")], terms("2.00"));
    expect(priced.map((each) => text(each.total))).toEqual(["0", "0"]);
  });

  test("a discount above what there is to pay is refused at its place", () => {
    expect(() => priceLines([line("2.00")], terms("2.01"))).toThrow();
    expect(() => priceLines([line("2.00", "1", "0", "2.01")], terms())).toThrow();
  });

  test("lines add up, whatever the basket", () => {
    const amount = fc.integer({ min: 0, max: 100_000 }).map((cents) => cents / 100);
    const basket = fc.array(
      fc.record({ price: amount, quantity: fc.integer({ min: 1, max: 9 }), rate: amount }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(
        basket,
        fc.boolean(),
        fc.integer({ min: 0, max: 100 }),
        (lines, inclusive, share) => {
          const inputs = lines.map(({ price, quantity, rate }) =>
            line(price.toFixed(2), String(quantity), rate.toFixed(2)),
          );
          const gross = sum(priceLines(inputs, terms("0", inclusive)).map((each) => each.gross));
          const discount = gross
            .times(decimal(String(share)))
            .div(decimal("100"))
            .round(2, 0);
          const priced = priceLines(inputs, terms(decimalText(discount), inclusive));
          expect(text(sum(priced.map((each) => each.discount)))).toBe(text(discount));
          for (const each of priced) {
            expect(each.net.plus(each.tax).eq(each.total)).toBe(true);
            expect(each.total.gte(decimal("0"))).toBe(true);
          }
        },
      ),
    );
  });
});

describe("payments", () => {
  const cash = (amount: string) => ({ method: "cash" as const, amount: decimal(amount) });
  const card = (amount: string) => ({ method: "card" as const, amount: decimal(amount) });

  test("change comes from cash", () => {
    const paid = settlePayments(decimal("7.90"), [cash("10.00")], undefined, 2);
    expect(text(paid.change)).toBe("2.1");
  });

  test("cards give no change", () => {
    expect(() => settlePayments(decimal("7.90"), [card("8.00")], undefined, 2)).toThrow();
  });

  test("less than the total is refused", () => {
    expect(() => settlePayments(decimal("7.90"), [cash("7.89")], undefined, 2)).toThrow();
  });

  test("cash is rounded to the smallest coin, on a signed amount of its own", () => {
    const paid = settlePayments(decimal("7.92"), [cash("10.00")], decimal("0.05"), 2);
    expect([text(paid.rounding), text(paid.change)]).toEqual(["-0.02", "2.1"]);
    const mixed = settlePayments(decimal("7.93"), [card("5"), cash("5")], decimal("0.05"), 2);
    expect([text(mixed.rounding), text(mixed.change)]).toEqual(["0.02", "2.05"]);
  });

  test("a card pays to the cent where cash is rounded", () => {
    const paid = settlePayments(decimal("7.92"), [card("7.92")], decimal("0.05"), 2);
    expect([text(paid.rounding), text(paid.change)]).toEqual(["0", "0"]);
  });
});

test("a box of 9 costs nine times the piece", () => {
  expect(text(priceInUnit(decimal("0.35"), 9n, 1n))).toBe("3.15");
});
