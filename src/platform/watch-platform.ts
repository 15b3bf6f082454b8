import type { App } from "./context.ts";

/** What a web and a worker tell alike: their connections to the database and to Redis. */
export function watchPlatform({ telemetry, db, redis }: App): void {
  telemetry.watchPool("main", () => db.stats);
  telemetry.watchPool("reports", () => db.reportStats);
  const { replicaStats } = db;
  if (replicaStats !== undefined) {
    telemetry.watchPool("replica", () => db.replicaStats ?? replicaStats);
  }
  if (redis === undefined) return;
  telemetry.watch({
    name: "redis_up",
    help: "1 if Redis can be asked, 0 if not; not there where no Redis is configured",
    read: async () => [{ labels: {}, value: redis.status === "ready" ? 1 : 0 }],
  });
}
