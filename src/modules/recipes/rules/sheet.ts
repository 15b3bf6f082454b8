import { over, type Ratio, ratioOf, ratioText, times } from "./ratio.ts";

const perUnit: Readonly<Record<string, Ratio>> = {
  g: ratioOf("1"),
  ml: ratioOf("1"),
  kg: ratioOf("1000"),
  l: ratioOf("1000"),
};

/**
 * A quantity as the sheet shows it: rounded to the scale's resolution, in g or ml, half away from
 * zero. Pieces and packs are not weighed and stay as they are.
 */
export function sheetQuantity(quantity: Ratio, unit: string, resolution: Ratio): string {
  const size = perUnit[unit];
  if (size === undefined) return ratioText(quantity);
  const { numerator, denominator } = over(times(quantity, size), resolution);
  const steps = (2n * numerator + denominator) / (2n * denominator);
  return ratioText(over(times({ numerator: steps, denominator: 1n }, resolution), size));
}
