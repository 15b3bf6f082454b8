import { type Decimal, decimal, decimalText } from "#platform/decimal.ts";

/** An exact rational, reduced, its denominator above 0. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Whole millionths, as the books keep quantities and values. */
export type Micros = bigint;

export const NOTHING: Ratio = { numerator: 0n, denominator: 1n };
export const WHOLE: Ratio = { numerator: 1n, denominator: 1n };
const million = 1_000_000n;

/** What NUMERIC(18,6) holds at most, in millionths. */
export const MICROS_MAX: Micros = 10n ** 18n - 1n;

function reduced(numerator: bigint, denominator: bigint): Ratio {
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return a <= 1n
    ? { numerator, denominator }
    : { numerator: numerator / a, denominator: denominator / a };
}

/** "0.92" is 23 ÷ 25. */
export function ratioOf(value: Decimal | string): Ratio {
  const text = typeof value === "string" ? decimalText(decimal(value)) : decimalText(value);
  const [whole = "", fraction = ""] = text.split(".");
  return reduced(BigInt(whole + fraction), 10n ** BigInt(fraction.length));
}

export function times(a: Ratio, b: Ratio): Ratio {
  return reduced(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** The divisor is above 0. */
export function over(a: Ratio, b: Ratio): Ratio {
  return reduced(a.numerator * b.denominator, a.denominator * b.numerator);
}

export function plus(a: Ratio, b: Ratio): Ratio {
  const numerator = a.numerator * b.denominator + b.numerator * a.denominator;
  return reduced(numerator, a.denominator * b.denominator);
}

export function minus(a: Ratio, b: Ratio): Ratio {
  return plus(a, { numerator: -b.numerator, denominator: b.denominator });
}

export function sumOf(ratios: readonly Ratio[]): Ratio {
  return ratios.reduce(plus, NOTHING);
}

export function areEqual(a: Ratio, b: Ratio): boolean {
  return a.numerator === b.numerator && a.denominator === b.denominator;
}

/** Rounded once, half away from zero. The ratio is not negative. */
export function toMicros({ numerator, denominator }: Ratio): Micros {
  return (2n * numerator * million + denominator) / (2n * denominator);
}

export function ofMicros(micros: Micros): Ratio {
  return reduced(micros, million);
}

/** "12.5" is 12500000 millionths. Digits after the sixth are not expected. */
export function microsOf(text: string): Micros {
  const { numerator, denominator } = ratioOf(text);
  return (numerator * million) / denominator;
}

/** Plain notation without trailing zeros. The micros are not negative. */
export function microsText(micros: Micros): string {
  const fraction = (micros % million).toString().padStart(6, "0").replace(/0+$/, "");
  const whole = (micros / million).toString();
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** Rounded to 6 places, as it would be stored. */
export function ratioText(ratio: Ratio): string {
  return microsText(toMicros(ratio));
}
