import { allocate, type Decimal, VALUE_PLACES, ZERO } from "#platform/decimal.ts";

export interface RunCost {
  /** What the good output is worth. */
  readonly good: Decimal;
  /** The abnormal part: waste expense. */
  readonly loss: Decimal;
}

/**
 * Splits what a run cost by ALLOC(C; actual, expected − actual): what came out below the expected
 * is waste expense, and more than expected makes each cheaper (domain rules 7). Normal loss is not
 * in `expected`, so that the good output carries it.
 */
export function settleRun(total: Decimal, expected: Decimal, actual: Decimal): RunCost {
  const weights = [actual, missingOf(expected, actual)];
  const [good = ZERO, loss = ZERO] = allocate(total, weights, VALUE_PLACES);
  return { good, loss };
}

/** How much less came out than expected. */
export function missingOf(expected: Decimal, actual: Decimal): Decimal {
  return actual.lt(expected) ? expected.minus(actual) : ZERO;
}

/**
 * The share of what was consumed that each made layer carries: by value, evenly if none has any.
 */
export function sharesOf(values: readonly Decimal[]): readonly string[] {
  const isWorthless = values.every((value) => value.eq(ZERO));
  return values.map((value) => (isWorthless ? "1" : value.toFixed()));
}

/** The last good day of what is made on a day. */
export function expiryOf(madeOn: string, shelfLifeDays: number | null): string | null {
  if (shelfLifeDays === null) return null;
  const day = new Date(`${madeOn}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + shelfLifeDays);
  return day.toISOString().slice(0, 10);
}
