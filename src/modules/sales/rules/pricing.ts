import {
  allocate,
  type Decimal,
  decimal,
  divide,
  moneyText,
  roundTo,
  sum,
  ZERO,
} from "#platform/decimal.ts";
import * as errors from "../errors.ts";

const hundred = decimal("100");
const amountLimit = decimal("1000000000000");

/** What a line is priced by. */
export interface PricedInput {
  readonly quantity: Decimal;
  readonly unitPrice: Decimal;
  readonly discount: Decimal;
  /** Per cent. */
  readonly taxRate: Decimal;
}

export interface Terms {
  readonly minorDigits: number;
  readonly pricesIncludeTax: boolean;
  readonly orderDiscount: Decimal;
}

export interface PricedLine {
  readonly gross: Decimal;
  readonly discount: Decimal;
  readonly net: Decimal;
  readonly tax: Decimal;
  readonly total: Decimal;
}

/**
 * Prices the lines of a sale (domain rules 8): gross = round(price × quantity); the order's
 * discount by ALLOC over what the lines still cost; tax after discount, added to the net or taken
 * out of the total. Amounts in the currency's minor digits, rounded half away from zero.
 */
export function priceLines(lines: readonly PricedInput[], terms: Terms): PricedLine[] {
  const { minorDigits } = terms;
  const grosses = lines.map((line, index) => {
    const gross = roundTo(line.unitPrice.times(line.quantity), minorDigits);
    if (gross.gte(amountLimit)) throw errors.amountTooLarge(`/lines/${index}/quantity`);
    if (line.discount.gt(gross)) throw errors.discountTooLarge(`/lines/${index}/discount`);
    return gross;
  });
  const rests = lines.map((line, index) => (grosses[index] ?? ZERO).minus(line.discount));
  const shares = spread(terms.orderDiscount, rests, minorDigits);
  return lines.map((line, index) => {
    const gross = grosses[index] ?? ZERO;
    const discount = line.discount.plus(shares[index] ?? ZERO);
    return { gross, discount, ...taxed(gross.minus(discount), line.taxRate, terms) };
  });
}

function spread(discount: Decimal, rests: readonly Decimal[], digits: number): readonly Decimal[] {
  if (discount.eq(ZERO)) return rests.map(() => ZERO);
  if (discount.gt(sum(rests))) throw errors.discountTooLarge("/discount");
  return allocate(discount, rests, digits);
}

function taxed(amount: Decimal, rate: Decimal, terms: Terms) {
  const { minorDigits } = terms;
  if (terms.pricesIncludeTax) {
    const tax = divide(amount.times(rate), hundred.plus(rate), minorDigits);
    return { net: amount.minus(tax), tax, total: amount };
  }
  const tax = divide(amount.times(rate), hundred, minorDigits);
  return { net: amount, tax, total: amount.plus(tax) };
}

export interface Tender {
  readonly method: "cash" | "card" | "voucher";
  readonly amount: Decimal;
}

export interface Paid {
  readonly change: Decimal;
  /** What cash rounding added to (or, negative, took off) the total. */
  readonly rounding: Decimal;
}

/**
 * Settles a total: what cards and vouchers leave is cash, rounded to the smallest coin if the
 * country has such a rule; change comes from cash only. Throws `sales.underpaid` and
 * `sales.overpaid`.
 */
export function settlePayments(
  total: Decimal,
  tenders: readonly Tender[],
  cashStep: Decimal | undefined,
  minorDigits: number,
): Paid {
  const cash = sum(tenders.filter((each) => each.method === "cash").map((each) => each.amount));
  const other = sum(tenders.filter((each) => each.method !== "cash").map((each) => each.amount));
  const due = total.minus(other);
  if (due.lt(ZERO)) throw errors.overpaid();
  const isCash = cashStep !== undefined && tenders.some((each) => each.method === "cash");
  const rounded = isCash ? divide(due, cashStep, 0).times(cashStep) : due;
  const change = cash.minus(rounded);
  if (change.lt(ZERO)) throw errors.underpaid(moneyText(ZERO.minus(change), minorDigits));
  return { change, rounding: rounded.minus(due) };
}

/** The price of one `unit` when the item is priced by its stock unit. */
export function priceInUnit(price: Decimal, numerator: bigint, denominator: bigint): Decimal {
  if (numerator === denominator) return price;
  return divide(price.times(decimal(String(numerator))), decimal(String(denominator)), 6);
}
