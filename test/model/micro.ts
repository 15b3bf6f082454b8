/** Millionths: quantities and values of the oracle are whole numbers of them. */
export type Micro = bigint;

const million = 1_000_000n;

/** "12.5" is 12500000n. */
export function micro(text: string): Micro {
  const isNegative = text.startsWith("-");
  const [whole = "0", fraction = ""] = (isNegative ? text.slice(1) : text).split(".");
  const size = BigInt(whole) * million + BigInt(fraction.padEnd(6, "0").slice(0, 6));
  return isNegative ? -size : size;
}

/** 12500000n is "12.5". */
export function microText(value: Micro): string {
  const size = value < 0n ? -value : value;
  const fraction = String(size % million)
    .padStart(6, "0")
    .replace(/0+$/, "");
  const text = fraction === "" ? String(size / million) : `${size / million}.${fraction}`;
  return value < 0n ? `-${text}` : text;
}

/** numerator ÷ denominator of what is not negative, rounded half up, which is away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}

/** Largest remainder, ties to the lowest index (domain rules 2: ALLOC). */
export function allocateMicro(total: Micro, weights: readonly bigint[]): Micro[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0n);
  const parts = weights.map((weight) => (total * weight) / all);
  const rests = weights.map((weight, index) => ({ index, rest: (total * weight) % all }));
  rests.sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  let left = total - parts.reduce((sum, part) => sum + part, 0n);
  for (const { index } of rests) {
    if (left === 0n) break;
    parts[index] = (parts[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts;
}

/** Of whole numbers that Math.min does not take. */
export function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}
