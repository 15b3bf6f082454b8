import { createHash } from "node:crypto";

/**
 * The UUIDv7 that a name of the demo always gets at that time: making it again meets what is there.
 */
export function demoId(name: string, atMs: number): string {
  const hash = createHash("sha256").update(`banneton demo ${name}`).digest("hex");
  const time = atMs.toString(16).padStart(12, "0");
  const variant = "89ab"[Number.parseInt(hash[3] ?? "0", 16) % 4];
  const parts = [time.slice(0, 8), time.slice(8), `7${hash.slice(0, 3)}`];
  return [...parts, `${variant}${hash.slice(4, 7)}`, hash.slice(8, 20)].join("-");
}

/** Chance that always falls the same way for a name. */
export interface Chance {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number;
  /** One of them, by their weights. */
  pick<T>(choices: readonly T[], weightOf: (choice: T) => number): T | undefined;
}

/** Mulberry32, seeded by a name. */
export function chanceOf(name: string): Chance {
  let state = createHash("sha256").update(name).digest().readUInt32LE();
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (choices, weightOf) => {
      const total = choices.reduce((sum, choice) => sum + weightOf(choice), 0);
      let left = next() * total;
      return choices.find((choice) => {
        left -= weightOf(choice);
        return left < 0;
      });
    },
  };
}
