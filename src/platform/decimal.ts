import Big from "big.js";

const roundHalfAwayFromZero = 1;
Big.strict = true;
Big.RM = roundHalfAwayFromZero;
Big.NE = -100;
Big.PE = 100;

/**
 * The one decimal type: exact, immutable, never a JavaScript number (domain rules 2).
 * Rounding is half away from zero, as PostgreSQL's NUMERIC does, and only where a row is stored.
 */
export type Decimal = Big;

/** A decimal as JSON brings it: a string, or a number whose shortest form is exact enough. */
export type DecimalInput = string | number;

const digitsOfExactNumber = 15;
const plainDecimal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** Digits of the places that the books keep: quantities in stock units and ledger values. */
export const QUANTITY_PLACES = 6;
export const VALUE_PLACES = 6;

/** True for "12.5" and 12.5; false for "1e3", "01", NaN, 1e21 and 0.30000000000000004. */
export function isPlainDecimal(input: unknown): input is DecimalInput {
  const text = typeof input === "number" ? String(input) : input;
  if (typeof text !== "string" || !plainDecimal.test(text)) return false;
  if (typeof input === "string") return true;
  return text.replace(/^-?0?\.?0*/, "").replace(/[-.]/g, "").length <= digitsOfExactNumber;
}

/** Reads a decimal that validation has let through, or one that SQL returned. Throws on others. */
export function decimal(input: DecimalInput): Decimal {
  return new Big(typeof input === "number" ? String(input) : input);
}

export const ZERO: Decimal = decimal("0");
export const ONE: Decimal = decimal("1");

/** Plain notation without trailing zeros: "12.5", "0", "-3". */
export function decimalText(value: Decimal): string {
  return value.eq(ZERO) ? "0" : value.toFixed();
}

/** An amount with exactly the currency's minor digits: "3.50". */
export function moneyText(value: Decimal, minorDigits: number): string {
  const text = value.toFixed(minorDigits);
  return /^-[0.]+$/.test(text) ? text.slice(1) : text;
}

/** Trims what NUMERIC(…, 6) prints: "12.500000" to "12.5". */
export function trimZeros(text: string): string {
  if (!text.includes(".")) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end--;
  if (text.charCodeAt(end - 1) === 46) end--;
  return text.slice(0, end);
}

export function roundTo(value: Decimal, places: number): Decimal {
  return value.round(places, roundHalfAwayFromZero);
}

const constructors = new Map<number, typeof Big>();

/** numerator ÷ denominator, rounded once to `places`. The denominator is not zero. */
export function divide(numerator: Decimal, denominator: Decimal, places: number): Decimal {
  let Rounded = constructors.get(places);
  if (!Rounded) {
    Rounded = Big();
    Rounded.DP = places;
    Rounded.RM = roundHalfAwayFromZero;
    constructors.set(places, Rounded);
  }
  return decimal(new Rounded(numerator.toFixed()).div(denominator.toFixed()).toFixed());
}

/** TAKE (domain rules 3): what a part of a quantity is worth; all of it takes all that is left. */
export function takePart(left: Decimal, quantity: Decimal, of: Decimal, places: number): Decimal {
  return quantity.eq(of) ? left : divide(left.times(quantity), of, places);
}

export function sum(values: readonly Decimal[]): Decimal {
  return values.reduce((total, value) => total.plus(value), ZERO);
}

/**
 * ALLOC (domain rules 2): splits a total by weights to `places` so that the parts add up to it
 * exactly: largest remainder, ties to the lowest index. Throws RangeError when all weights are 0.
 */
export function allocate(
  total: Decimal,
  weights: readonly Decimal[],
  places: number,
): readonly Decimal[] {
  const weight = sum(weights);
  if (weight.eq(ZERO)) throw new RangeError("Nothing to allocate by: the weights add up to 0");
  const step = decimal("1").div(decimal(`1${"0".repeat(places)}`));
  const exact = weights.map((each) => total.times(each));
  const parts = exact.map((each) => floorTo(each, weight, places));
  const order = exact
    .map((each, index) => ({ index, rest: each.minus((parts[index] ?? ZERO).times(weight)) }))
    .sort((a, b) => b.rest.cmp(a.rest) || a.index - b.index);
  let left = total.minus(sum(parts));
  for (const { index } of order) {
    if (left.lte(ZERO)) break;
    parts[index] = (parts[index] ?? ZERO).plus(step);
    left = left.minus(step);
  }
  return parts;
}

function floorTo(numerator: Decimal, denominator: Decimal, places: number): Decimal {
  const rounded = divide(numerator, denominator, places);
  const step = decimal("1").div(decimal(`1${"0".repeat(places)}`));
  return rounded.times(denominator).gt(numerator) ? rounded.minus(step) : rounded;
}
