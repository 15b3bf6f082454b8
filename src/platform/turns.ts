import type { AppError } from "./errors.ts";

interface TurnsOptions {
  readonly atOnce: number;
  readonly waitingMax: number;
  /** Thrown when too many wait already. */
  readonly busy: () => AppError;
}

/** Runs work a few at a time, the rest in turn. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * For slow hashes: each takes a thread of the runtime's pool for a tenth of a second, and 32 MB. All
 * threads at once would keep the database's connections from being opened, and tills waiting for a
 * core.
 */
export function createTurns({ atOnce, waitingMax, busy }: TurnsOptions): Turns {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running < atOnce) running += 1;
    else if (waiting.length >= waitingMax) throw busy();
    else await new Promise<void>((begin) => waiting.push(begin));
    try {
      return await work();
    } finally {
      // Whoever waits longest takes the place over.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
