import { afterAll, beforeAll, expect, test } from "bun:test";
import { type OwnPostgres, startOwnPostgres } from "../harness/own-postgres.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { isLong, rounds, until } from "./schedule.ts";
import { openSql } from "./sql.ts";
import { openTrial, type Trial, tallyOf, unansweredOf } from "./trial.ts";

// Row 4 of the matrix: PostgreSQL dies of SIGKILL under load and comes back; fsync is on.
let database: OwnPostgres;
let webs: readonly WebProcess[];
let trial: Trial;

beforeAll(async () => {
  database = await startOwnPostgres();
  webs = await Promise.all([1, 2].map(() => startWebProcess(database.appUrl)));
  let turn = 0;
  const target = () => webs[turn++ % webs.length]!.base;
  trial = await openTrial({ name: "postgres killed", database, tills: 8, target });
});

afterAll(async () => {
  await Promise.all(webs.map((web) => web.stop()));
  trial.close();
  await database.stop();
});

const statusOf = async (path: string) => (await fetch(`${webs[0]!.base}${path}`)).status;

test("what was acknowledged before PostgreSQL was killed is there after, and no server exits", async () => {
  const load = trial.start();
  for (let kills = 0; kills < rounds(2, 15); kills++) {
    await trial.progress(load, trial.stream.between(10, isLong ? 400 : 60));
    await database.kill();
    // It stays away for a while: servers live on, and say 503 to tills and to balancers.
    const away = performance.now() + trial.stream.between(1_000, isLong ? 10_000 : 1_500);
    await until("it was away long enough", async () => {
      expect([await statusOf("/healthz"), await statusOf("/readyz")]).toEqual([200, 503]);
      return performance.now() > away;
    });
    await database.restart();
    await until("servers are ready again", async () => (await statusOf("/readyz")) === 200);
  }
  await trial.progress(load, 50);
  await load.stop();
  expect(webs.map((web) => web.hasExited())).toEqual([false, false]);
  expect(unansweredOf(trial.told())).toContain("503 database.unavailable");
  expect(await trial.prove(webs)).toEqual([]);
});

test("a backend that is killed makes all others restart, and nothing is lost either", async () => {
  const load = trial.start();
  for (let kills = 0; kills < rounds(1, 10); kills++) {
    await trial.progress(load, trial.stream.between(20, 100));
    const admin = await openSql(database.adminUrl);
    const [backend] = await admin.rows<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = 'banneton' order by pid limit 1",
    );
    process.kill(backend!.pid, "SIGKILL");
    await admin.close().catch(() => {});
  }
  await trial.progress(load, 50);
  await load.stop();
  expect(webs.map((web) => web.hasExited())).toEqual([false, false]);
  expect(tallyOf(trial.told()).unanswered).toBeGreaterThan(0);
  expect(await trial.prove(webs)).toEqual([]);
});
