import { afterAll, beforeAll, expect, test } from "bun:test";
import { until } from "../../../test/faults/schedule.ts";
import { openSql, type Sql } from "../../../test/faults/sql.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await testDatabase();
  sql = await openSql(database.ownerUrl);
});

afterAll(async () => {
  await sql.close();
  await database.drop();
});

async function start(...args: string[]) {
  const child = Bun.spawn([process.execPath, "src/cli/main.ts", "start", ...args], {
    cwd: new URL("../../..", import.meta.url).pathname,
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: database.appUrl,
      MIGRATE_DATABASE_URL: database.ownerUrl,
      PORT: "0",
      METRICS_PORT: "0",
      FUNCTIONS_PORT: "0",
      NO_COLOR: "1",
    },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  let text = "";
  const reading = (async () => {
    for await (const chunk of child.stderr) text += new TextDecoder().decode(chunk);
  })();
  await until("it listens", () => text.includes("Ctrl-C stops it") || child.exitCode !== null);
  const metrics = /metrics\s+(http\S+)/.exec(text)?.[1] ?? text;
  return {
    metrics: async () => (await fetch(metrics)).text(),
    stop: async () => {
      child.kill("SIGTERM");
      await reading;
      return child.exited;
    },
  };
}

const publish = () =>
  sql.rows(
    `insert into platform.events (id, type, subject_id, payload)
     values (gen_random_uuid(), 'sale.recorded', gen_random_uuid(), '{}')`,
  );
const isHandedOn = async () => (await sql.rows("select id from platform.events")).length === 0;

test("start works jobs in the same process, and stops with it", async () => {
  const running = await start();
  await publish();
  await until("the event is handed on", isHandedOn);
  expect(await running.metrics()).toContain("banneton_events_lag_seconds 0\n");
  expect(await running.stop()).toBe(0);
  const [left] = await sql.rows<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and usename = 'banneton'`,
  );
  expect(left?.count).toBe(0);
});

test("start --no-worker leaves jobs to another", async () => {
  const running = await start("--no-worker");
  await publish();
  expect(await running.metrics()).not.toContain("banneton_events_lag_seconds");
  expect(await isHandedOn()).toBe(false);
  expect(await running.stop()).toBe(0);
});
