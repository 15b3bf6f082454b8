import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import {
  addWatched,
  type CacheCounts,
  cacheCounts,
  jobTimer,
  type Watched,
} from "./telemetry-watch.ts";

export interface PoolState {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  /** As many as there may be. */
  readonly max: number;
}

/** Requests at a gate; `refused` only grows. */
export interface GateState {
  readonly inFlight: number;
  readonly waiting: number;
  readonly refused: number;
}

/** The numbers of this process, read by a scraper. Labels come from small closed sets only. */
export interface Telemetry extends CacheCounts {
  /** One answered request. `route` is the pattern, never the raw path. */
  observeRequest(method: string, route: string, status: number, seconds: number): void;
  /** A counter of the business, made on first use: `banneton_<name>_total`. */
  counter(name: string, help: string): { inc(amount?: number): void };
  watchPool(name: string, state: () => PoolState): void;
  watchGate(name: string, state: () => GateState): void;
  watchInFlight(count: () => number): void;
  /** A gauge of the business: `banneton_<name>`. */
  watch(watched: Watched): void;
  /** One job that ran. */
  observeJob(job: string, outcome: string, seconds: number): void;
  readonly contentType: string;
  /** All metrics in the text format of Prometheus. */
  print(): Promise<string>;
  /** The same as records. */
  read(): ReturnType<Registry["getMetricsAsJSON"]>;
}

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface TelemetryOptions {
  /** Memory, event loop and garbage collector of the runtime; only for a real process. */
  readonly ofProcess?: boolean;
  /** What runs: the hash of the commit, or the version of a working copy. */
  readonly version?: string;
}

export function createTelemetry(options: TelemetryOptions = {}): Telemetry {
  const registry = new Registry();
  if (options.ofProcess === true) collectRuntime(registry);
  if (options.version !== undefined) addBuild(registry, options.version);
  const pools = new Map<string, () => PoolState>();
  addPoolGauge(registry, pools);
  const gates = new Map<string, () => GateState>();
  addGates(registry, gates);
  const counters = new Map<string, Counter>();
  return {
    observeRequest: requestObserver(registry),
    counter: (name, help) => counterOf(registry, counters, name, help),
    watchPool: (name, state) => void pools.set(name, state),
    watchGate: (name, state) => void gates.set(name, state),
    watchInFlight: (count) => void addInFlight(registry, count),
    watch: (watched) => addWatched(registry, watched),
    observeJob: jobTimer(registry),
    ...cacheCounts(registry),
    contentType: registry.contentType,
    print: () => registry.metrics(),
    read: () => registry.getMetricsAsJSON(),
  };
}

function collectRuntime(registry: Registry): void {
  try {
    collectDefaultMetrics({ register: registry });
  } catch {
    // A runtime without Node's performance hooks: the business' own numbers remain.
  }
}

function addBuild(registry: Registry, version: string): void {
  const name = "banneton_build_info";
  const help = "1; the version that runs is the label";
  new Gauge({ name, help, labelNames: ["version"], registers: [registry] }).set({ version }, 1);
}

function requestObserver(registry: Registry): Telemetry["observeRequest"] {
  const histogram = new Histogram({
    name: "http_request_duration_seconds",
    help: "Answered requests by method, route pattern and status",
    labelNames: ["method", "route", "status"],
    buckets: secondsBuckets,
    registers: [registry],
  });
  // Bound once a label set: hashing the labels costs more than the observation.
  const bound = new Map<string, { observe(seconds: number): void }>();
  return (method, route, status, seconds) => {
    const key = `${status} ${method} ${route}`;
    let child = bound.get(key);
    if (child === undefined) {
      child = histogram.labels(method, route, String(status));
      bound.set(key, child);
    }
    child.observe(seconds);
  };
}

function addPoolGauge(registry: Registry, pools: ReadonlyMap<string, () => PoolState>): void {
  new Gauge({
    name: "database_pool_connections",
    help: "Connections of a pool by state; waiting are requests without one",
    labelNames: ["pool", "state"],
    registers: [registry],
    collect() {
      for (const [pool, read] of pools) {
        const { total, idle, waiting } = read();
        this.set({ pool, state: "busy" }, total - idle);
        this.set({ pool, state: "idle" }, idle);
        this.set({ pool, state: "waiting" }, waiting);
      }
    },
  });
  new Gauge({
    name: "database_pool_connections_max",
    help: "Connections that a pool may have",
    labelNames: ["pool"],
    registers: [registry],
    collect() {
      for (const [pool, read] of pools) this.set({ pool }, read().max);
    },
  });
}

function addGates(registry: Registry, gates: ReadonlyMap<string, () => GateState>): void {
  new Gauge({
    name: "http_gate_requests",
    help: "Requests under way and waiting by class",
    labelNames: ["class", "state"],
    registers: [registry],
    collect() {
      for (const [name, read] of gates) {
        const { inFlight, waiting } = read();
        this.set({ class: name, state: "in_flight" }, inFlight);
        this.set({ class: name, state: "waiting" }, waiting);
      }
    },
  });
  new Counter({
    name: "http_gate_refused_total",
    help: "Requests for which there was no place in time, by class",
    labelNames: ["class"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [name, read] of gates) this.inc({ class: name }, read().refused);
    },
  });
}

function addInFlight(registry: Registry, count: () => number): void {
  new Gauge({
    name: "http_requests_in_flight",
    help: "Requests being answered",
    registers: [registry],
    collect() {
      this.set(count());
    },
  });
}

function counterOf(
  registry: Registry,
  counters: Map<string, Counter>,
  name: string,
  help: string,
): Counter {
  const known = counters.get(name);
  if (known !== undefined) return known;
  const counter = new Counter({ name: `banneton_${name}_total`, help, registers: [registry] });
  counters.set(name, counter);
  return counter;
}
