import type { Log } from "#platform/log.ts";

export interface Loop {
  /** Ends after the turn under way. */
  stop(): Promise<void>;
  /** Milliseconds since a turn ended, well or badly. */
  silentMs(): number;
}

interface LoopOptions {
  readonly name: string;
  readonly log: Log;
  readonly pauseMs: number;
  /** True if there is more to do at once. */
  readonly turn: () => Promise<boolean>;
}

const pauseAfterFailureMs = 1_000;

/** Takes turns until it is stopped; a turn that fails is logged, and another one comes. */
export function startLoop({ name, log, pauseMs, turn }: LoopOptions): Loop {
  let isStopped = false;
  let wake = () => {};
  let turnedAt = performance.now();
  const rest = (ms: number) =>
    new Promise<void>((done) => {
      const timer = setTimeout(done, ms);
      wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  const run = async () => {
    while (!isStopped) {
      const pause = await turn().then(
        (isMore) => (isMore ? 0 : pauseMs),
        (error: unknown) => {
          log.error("A turn failed", error, { name });
          return pauseAfterFailureMs;
        },
      );
      turnedAt = performance.now();
      if (pause > 0 && !isStopped) await rest(pause);
    }
  };
  const ended = run();
  return {
    stop() {
      isStopped = true;
      wake();
      return ended;
    },
    silentMs: () => performance.now() - turnedAt,
  };
}
