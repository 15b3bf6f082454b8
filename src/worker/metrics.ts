import { findLastVerification } from "#modules/verifications/index.ts";
import { type App, SYSTEM_ACTOR } from "#platform/context.ts";
import { deadSuffix } from "#platform/jobs.ts";
import type { Watched } from "#platform/telemetry-watch.ts";
import { countJobs, readLag } from "./queries.ts";

/** The numbers of all workers together: each reads them from the database when it is scraped. */
export function watchWork(app: App): void {
  const { db } = app;
  const telemetry = { watch: (watched: Watched) => watchLogged(app, watched) };
  const plain = (value: number) => [{ labels: {}, value }];
  telemetry.watch({
    name: "events_lag_seconds",
    help: "Age of the oldest event that no subscriber has got",
    read: async () => plain((await readLag(db)).seconds),
  });
  telemetry.watch({
    name: "events_waiting",
    help: "Events that no subscriber has got, up to 10,000",
    read: async () => plain((await readLag(db)).count),
  });
  telemetry.watch({
    name: "jobs",
    help: "Jobs by queue and state; created and retry wait",
    labels: ["queue", "state"],
    read: async () =>
      (await countJobs(db))
        .filter(({ queue }) => !queue.endsWith(deadSuffix))
        .map(({ queue, state, count }) => ({ labels: { queue, state }, value: count })),
  });
  telemetry.watch({
    name: "dead_letters",
    help: "Jobs that failed for good and wait to be redriven",
    labels: ["queue"],
    read: async () =>
      (await countJobs(db))
        .filter(({ queue }) => queue.endsWith(deadSuffix))
        .map(({ queue, count }) => ({
          labels: { queue: queue.slice(0, -deadSuffix.length) },
          value: count,
        })),
  });
  watchVerification(app);
}

/** A number that cannot be read is missing from the scrape, and the log says why. */
function watchLogged({ telemetry, log }: App, watched: Watched): void {
  const read = () =>
    watched.read().catch((error: unknown) => {
      log.warn("A metric cannot be read", { name: watched.name });
      throw error;
    });
  telemetry.watch({ ...watched, read });
}

function watchVerification(app: App): void {
  const { log, now } = app;
  const telemetry = { watch: (watched: Watched) => watchLogged(app, watched) };
  const last = () =>
    findLastVerification({ app, actor: SYSTEM_ACTOR, traceId: "metrics", log, now });
  telemetry.watch({
    name: "verification_sound",
    help: "1 if the books held when they were last verified, 0 if not",
    read: async () => {
      const run = await last();
      return run === undefined ? [] : [{ labels: {}, value: run.isSound ? 1 : 0 }];
    },
  });
  telemetry.watch({
    name: "verification_ended_seconds",
    help: "When the books were last verified, in seconds since 1970",
    read: async () => {
      const run = await last();
      return run === undefined ? [] : [{ labels: {}, value: Date.parse(run.endedAt) / 1_000 }];
    },
  });
}
