/** Thrown by the observer: the process might as well have died here. */
export class Fault extends Error {}

export interface Faults {
  readonly observe: (sql: string) => void;
  /** Every statement since the last call. */
  statements(): readonly string[];
  /** Throws after that statement (1 is the first), once; 0 never. */
  failAfter(statement: number): void;
  /** Throws after the next COMMIT, once: it happened, and nobody heard of it. */
  failAfterCommit(): void;
  /** Whether the fault asked for has happened. */
  hasFailed(): boolean;
}

export function createFaults(): Faults {
  let seen: string[] = [];
  let failing: number | "commit" = 0;
  let failed = false;
  const arm = (at: number | "commit") => {
    seen = [];
    failing = at;
    failed = false;
  };
  return {
    observe(sql) {
      seen.push(sql);
      const isHere = failing === "commit" ? sql === "commit" : seen.length === failing;
      // A statement after COMMIT would belong to another transaction: COMMIT itself is not a fault.
      if (!isHere || failed || (failing !== "commit" && sql === "commit")) return;
      failed = true;
      throw new Fault(`after statement ${seen.length}`);
    },
    statements: () => seen,
    failAfter: arm,
    failAfterCommit: () => arm("commit"),
    hasFailed: () => failed,
  };
}
