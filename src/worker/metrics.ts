import { alertKinds } from "#modules/alerts/index.ts";
import type { App } from "#platform/context.ts";
import { deadSuffix } from "#platform/jobs.ts";
import type { Reading, Watched } from "#platform/telemetry-watch.ts";
import { watchPlatform } from "#platform/watch-platform.ts";
import { readWork, type WorkNumbers } from "./queries.ts";

// All numbers of one scrape, and of another scraper's that comes with it, are one statement.
const keptMs = 5_000;

/** The numbers of all workers together, from the database, on the connections of the reports. */
export function watchWork(app: App): void {
  watchPlatform(app);
  const read = remembered(() => readWork(app.db.reports), keptMs);
  for (const { of, ...watched } of gauges) {
    app.telemetry.watch({ ...watched, read: () => logged(app, watched.name, read).then(of) });
  }
}

/** How long each loop of this worker has said nothing: it should be less than a second. */
export function watchLoops(
  { telemetry }: Pick<App, "telemetry">,
  loops: Readonly<Record<string, { silentMs(): number }>>,
): void {
  telemetry.watch({
    name: "worker_silent_seconds",
    help: "Seconds since a loop of this worker ended a turn",
    labels: ["loop"],
    read: async () =>
      Object.entries(loops).map(([loop, { silentMs }]) => ({
        labels: { loop },
        value: silentMs() / 1_000,
      })),
  });
}

const plain = (value: number): readonly Reading[] => [{ labels: {}, value }];

interface WorkGauge extends Omit<Watched, "read"> {
  of(numbers: WorkNumbers): readonly Reading[];
}

const gauges: readonly WorkGauge[] = [
  {
    name: "events_lag_seconds",
    help: "Age of the oldest event that no subscriber has got",
    of: ({ lagSeconds }) => plain(lagSeconds),
  },
  {
    name: "events_waiting",
    help: "Events that no subscriber has got, up to 10,000",
    of: ({ eventsWaiting }) => plain(eventsWaiting),
  },
  {
    name: "jobs",
    help: "Jobs by queue and state; created and retry wait",
    labels: ["queue", "state"],
    of: ({ jobs }) =>
      jobs
        .filter(({ queue }) => !queue.endsWith(deadSuffix))
        .map(({ queue, state, count }) => ({ labels: { queue, state }, value: count })),
  },
  {
    name: "dead_letters",
    help: "Jobs that failed for good and wait to be redriven",
    labels: ["queue"],
    of: ({ jobs }) =>
      jobs
        .filter(({ queue }) => queue.endsWith(deadSuffix))
        .map(({ queue, count }) => ({
          labels: { queue: queue.slice(0, -deadSuffix.length) },
          value: count,
        })),
  },
  {
    name: "alerts_open",
    help: "Alerts of the bakery that nobody has seen to, by kind",
    labels: ["kind"],
    of: ({ alerts }) => alertKinds.map((kind) => ({ labels: { kind }, value: alerts[kind] ?? 0 })),
  },
  {
    name: "events_handed_on",
    help: "Events that were ever handed on, by type",
    labels: ["type"],
    of: ({ happened }) =>
      Object.entries(happened).map(([type, value]) => ({ labels: { type }, value })),
  },
  {
    name: "verification_sound",
    help: "1 if the books held when they were last verified, 0 if not",
    of: ({ verified }) => (verified === null ? [] : plain(verified.isSound ? 1 : 0)),
  },
  {
    name: "verification_ended_seconds",
    help: "When the books were last verified, in seconds since 1970",
    of: ({ verified }) => (verified === null ? [] : plain(verified.endedAt)),
  },
];

/** A number that cannot be read is missing from the scrape, and the log says why. */
function logged<T>({ log }: App, name: string, read: () => Promise<T>): Promise<T> {
  return read().catch((error: unknown) => {
    log.warn("A metric cannot be read", { name });
    throw error;
  });
}

/** Reads again only when the last answer is older than that, or was none. */
function remembered<T>(read: () => Promise<T>, ms: number): () => Promise<T> {
  let last: Promise<T> | undefined;
  let readAt = 0;
  return () => {
    if (last !== undefined && performance.now() - readAt < ms) return last;
    readAt = performance.now();
    const reading = read();
    last = reading;
    reading.catch(() => {
      if (last === reading) last = undefined;
    });
    return reading;
  };
}
