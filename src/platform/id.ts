import { randomFillSync } from "node:crypto";
import { v7 } from "uuid";

/** A new UUIDv7: unique, and ordered by the time it was made. */
export function newId(): string {
  return v7();
}

const idBytes = 16;

/** As many at once, each after the one before: one look at the source of randomness for all. */
export function newIds(count: number): string[] {
  const random = randomFillSync(new Uint8Array(count * idBytes));
  const first = v7();
  const msecs = Number.parseInt(first.slice(0, 8) + first.slice(9, 13), 16);
  return Array.from({ length: count }, (_, seq) =>
    v7({ random: random.subarray(seq * idBytes, (seq + 1) * idBytes), msecs, seq }),
  );
}
