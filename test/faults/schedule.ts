import { v7 } from "uuid";

/** The long form: more rounds, on demand (`bun run test --long`). */
export const isLong = process.env["BANNETON_TEST_LONG"] === "1";

/** How often something is done in the short and in the long form. */
export const rounds = (short: number, long: number): number => (isLong ? long : short);

/** What a test's faults and commands are drawn from: the same seed draws the same. */
export interface Stream {
  /** From 0 up to, without, 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  chance(probability: number): boolean;
  id(): string;
}

const given = process.env["BANNETON_FAULT_SEED"];
const seed = given ?? String(Math.floor(Math.random() * 1e9));
let isPrinted = false;

/** A stream of this run's seed, of its own for each name. */
export function drawFrom(name: string): Stream {
  if (!isPrinted) console.log(`Faults drawn from BANNETON_FAULT_SEED=${seed}`);
  isPrinted = true;
  return streamOf(`${seed} ${name}`);
}

export function streamOf(text: string): Stream {
  let state = Number(Bun.hash.crc32(text));
  // Mulberry32: small, fast and good enough to choose by.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    pick: (from) => from[between(0, from.length - 1)] as (typeof from)[number],
    chance: (probability) => next() < probability,
    id: () => v7({ random: Uint8Array.from({ length: 16 }, () => between(0, 255)) }),
  };
}

/** Asks again until it holds; says what did not if the time is over. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await holds()) return;
    if (performance.now() > deadline) throw new Error(`Waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
