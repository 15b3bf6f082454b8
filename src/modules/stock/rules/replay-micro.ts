import type { BrokenRow } from "../model/verification.ts";

const million = 1_000_000n;

/** A broken row; numbers are millionths. */
export function difference(
  table: string,
  id: string,
  problem: string,
  expected?: bigint,
  actual?: bigint,
): BrokenRow {
  return { table, id, problem, expected: fromMicro(expected), actual: fromMicro(actual) };
}

/** "-12.500000", as NUMERIC(…, 6) prints it, in millionths. */
export function toMicro(text: string): bigint {
  const point = text.length - 7;
  return BigInt(text.slice(0, point) + text.slice(point + 1));
}

function fromMicro(value: bigint | undefined): string | null {
  if (value === undefined) return null;
  const size = value < 0n ? -value : value;
  const fraction = String(size % million)
    .padStart(6, "0")
    .replace(/0+$/, "");
  const text = `${size / million}${fraction === "" ? "" : `.${fraction}`}`;
  return value < 0n ? `-${text}` : text;
}

/** What the first `taken` of a layer are worth: all of it all of its value, else rounded. */
export function worthOf(
  { quantity, value }: { readonly quantity: bigint; readonly value: bigint },
  taken: bigint,
): bigint {
  return taken === quantity ? value : (2n * value * taken + quantity) / (2n * quantity);
}
