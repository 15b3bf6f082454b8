import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads when somebody scrapes. */
export interface Watched {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** What it says is all there is; if it fails, there is nothing, which an alert can see. */
  read(): Promise<readonly Reading[]>;
}

export function addWatched(registry: Registry, { name, help, labels, read }: Watched): void {
  new Gauge({
    name: `banneton_${name}`,
    help,
    labelNames: [...(labels ?? [])],
    registers: [registry],
    async collect() {
      const readings = await read().catch(() => []);
      this.reset();
      // Without a label prom-client would print the zero of a number that is not known.
      if (readings.length === 0 && labels === undefined) this.remove();
      for (const reading of readings) this.set({ ...reading.labels }, reading.value);
    },
  });
}

const secondsBuckets = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1_800];

/** Observes seconds; made once a name. */
export function jobTimer(
  registry: Registry,
): (job: string, outcome: string, seconds: number) => void {
  const histogram = new Histogram({
    name: "banneton_job_duration_seconds",
    help: "Jobs run by what came of them",
    labelNames: ["job", "outcome"],
    buckets: secondsBuckets,
    registers: [registry],
  });
  return (job, outcome, seconds) => histogram.observe({ job, outcome }, seconds);
}

/**
 * How a read of the cache ended: `shared` was computed for somebody else, `unkept` could not be kept
 * (Redis is away, or other processes could not tell of changes), `corrupt` found what is no answer.
 */
export type CacheResult = "hit" | "shared" | "miss" | "unkept" | "corrupt";

export interface CacheCounts {
  countCached(cache: string, result: CacheResult): void;
  /** One answer that was computed. */
  observeComputed(cache: string, seconds: number): void;
}

export function cacheCounts(registry: Registry): CacheCounts {
  const requests = new Counter({
    name: "cache_requests_total",
    help: "Reads of the cache by how they ended",
    labelNames: ["cache", "result"],
    registers: [registry],
  });
  const computed = new Histogram({
    name: "cache_compute_seconds",
    help: "Answers computed for the cache",
    labelNames: ["cache"],
    buckets: secondsBuckets,
    registers: [registry],
  });
  return {
    countCached: (cache, result) => requests.inc({ cache, result }),
    observeComputed: (cache, seconds) => computed.observe({ cache }, seconds),
  };
}
