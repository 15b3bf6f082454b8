import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../../test/faults/schedule.ts";
import { openSql, type Sql } from "../../../test/faults/sql.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { startAll } from "../../../test/harness/start-process.ts";

let database: TestDatabase;
let sql: Sql;
const folder = mkdtempSync(join(tmpdir(), "banneton-start-"));

beforeAll(async () => {
  database = await testDatabase();
  sql = await openSql(database.ownerUrl);
});

afterAll(async () => {
  await sql.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const start = (...args: string[]) => startAll(database, folder, ...args);

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
