import { type Decimal, divide, sum, takePart, ZERO } from "#platform/decimal.ts";
import type { Tender } from "./pricing.ts";

/** Amounts of a line that are not given back yet. */
export interface LineRest {
  readonly quantity: Decimal;
  readonly gross: Decimal;
  readonly discount: Decimal;
  readonly tax: Decimal;
}

export interface RefundTerms {
  readonly minorDigits: number;
  readonly pricesIncludeTax: boolean;
}

/**
 * What part of a line is worth: of gross, discount and tax the part of what is left by the take
 * rule (domain rules 6), so that all refunds of a line add up to it. Net and total follow as they
 * do in a sale; no tax without a total to hold it.
 */
export function refundAmounts(rest: LineRest, quantity: Decimal, terms: RefundTerms) {
  const part = (left: Decimal) => takePart(left, quantity, rest.quantity, terms.minorDigits);
  const [gross, discount] = [part(rest.gross), part(rest.discount)];
  const amount = gross.minus(discount);
  if (!terms.pricesIncludeTax) {
    const tax = part(rest.tax);
    return { gross, discount, net: amount, tax, total: amount.plus(tax) };
  }
  // At least so much that what stays of the total holds what stays of the tax.
  const least = rest.tax.minus(rest.gross.minus(rest.discount).minus(amount));
  const tax = smaller(larger(part(rest.tax), least), amount);
  return { gross, discount, net: amount.minus(tax), tax, total: amount };
}

export interface PaymentQuestion {
  readonly total: Decimal;
  /** Nothing of the sale is left after it. */
  readonly isFinal: boolean;
  /** What each method of the sale still holds, in the sale's order. */
  readonly held: readonly Tender[];
  readonly cashStep: Decimal | undefined;
}

/**
 * Gives a total back the way it was paid: method by method, each up to what it still holds, cash
 * rounded to the smallest coin. The final refund gives back all that is still held: then the
 * payments, and with them the cash rounding, of all refunds add up to the sale's.
 */
export function payBack({ total, isFinal, held, cashStep }: PaymentQuestion): Tender[] {
  let due = isFinal ? larger(sum(held.map((each) => each.amount)), ZERO) : total;
  const payments: Tender[] = [];
  for (const { method, amount } of held) {
    const part = smaller(due, amount);
    if (part.lte(ZERO)) continue;
    due = due.minus(part);
    const coins = method === "cash" && !isFinal ? toCoins(part, cashStep) : part;
    const paid = smaller(coins, amount);
    if (paid.gt(ZERO)) payments.push({ method, amount: paid });
  }
  return payments;
}

/** What payments that were asked for must add up to: cash in coins, the others to the cent. */
export function payableWith(
  total: Decimal,
  payments: readonly Tender[],
  cashStep: Decimal | undefined,
): Decimal {
  const isCash = (each: Tender) => each.method === "cash";
  if (!payments.some(isCash)) return total;
  const other = sum(payments.filter((each) => !isCash(each)).map((each) => each.amount));
  return other.gt(total) ? total : other.plus(toCoins(total.minus(other), cashStep));
}

/** What each method took in a sale and has not given back; change came from cash. */
export function heldBy(
  paid: readonly Tender[],
  change: Decimal,
  givenBack: readonly Tender[],
): Tender[] {
  const methods = new Set([...paid, ...givenBack].map((each) => each.method));
  return [...methods].map((method) => {
    const of = (tenders: readonly Tender[]) =>
      sum(tenders.filter((each) => each.method === method).map((each) => each.amount));
    const kept = method === "cash" ? of(paid).minus(change) : of(paid);
    return { method, amount: kept.minus(of(givenBack)) };
  });
}

function toCoins(amount: Decimal, step: Decimal | undefined): Decimal {
  return step === undefined ? amount : divide(amount, step, 0).times(step);
}

const smaller = (a: Decimal, b: Decimal) => (a.lt(b) ? a : b);
const larger = (a: Decimal, b: Decimal) => (a.gt(b) ? a : b);
