import { openTill, type Till, type TillOptions } from "./till.ts";

/** Tills that go on until they are stopped, each on its own. */
export interface Load {
  readonly acknowledged: number;
  readonly longestMs: number;
  /** Resolves when all tills have taken their number of steps. */
  readonly ended: Promise<unknown>;
  /** No more commands; resolves when the last one is settled. */
  stop(): Promise<void>;
}

export type LoadOptions = Omit<TillOptions, "name" | "tillId" | "stream"> & {
  readonly streamOf: (till: string) => TillOptions["stream"];
  /** Names the journals of this load. */
  readonly prefix: string;
  /** Of each till; without end if not given. */
  readonly steps?: number | undefined;
};

export function startLoad({ streamOf, prefix, steps = Infinity, ...options }: LoadOptions): Load {
  let isOpen = true;
  const tills: readonly Till[] = options.shop.tillIds.map((tillId, index) => {
    const name = `${prefix}-till-${index + 1}`;
    return openTill({ ...options, name, tillId, stream: streamOf(name) });
  });
  const running = Promise.all(
    tills.map(async (till) => {
      for (let step = 0; isOpen && step < steps; step++) await till.step();
      till.close();
    }),
  );
  return {
    get acknowledged() {
      return tills.reduce((sum, till) => sum + till.acknowledged, 0);
    },
    get longestMs() {
      return Math.max(...tills.map((till) => till.longestMs));
    },
    ended: running,
    async stop() {
      isOpen = false;
      await running;
    },
  };
}
