import { afterAll, beforeAll, expect, test } from "bun:test";
import { rebuildReports } from "#modules/reports/index.ts";
import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import { remoteClient } from "../harness/remote.ts";
import { reportRows, systemCtx } from "../harness/reports.ts";
import { forgetRunning, untilFollowed } from "../harness/settled.ts";
import { openTestWeb } from "../harness/web.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { startWorkerProcess, type WorkerProcess, workerEntry } from "../harness/worker-process.ts";
import { type FaultDatabase, faultDatabase } from "./database.ts";
import { checkReports } from "./reports.ts";
import { rounds } from "./schedule.ts";
import { openSql, type Sql } from "./sql.ts";
import { openTrial, type Trial } from "./trial.ts";

// Rows 3 and 11 of the matrix on the real reports: workers die while tills work, events come late and backwards.
let database: FaultDatabase;
let web: WebProcess;
let trial: Trial;
let sql: Sql;
const running = new Set<WorkerProcess>();

beforeAll(async () => {
  database = await faultDatabase();
  web = await startWebProcess(database.appUrl);
  sql = await openSql(database.ownerUrl);
  trial = await openTrial({ name: "followed", database, tills: 4, target: () => web.base });
}, 60_000);

afterAll(async () => {
  await Promise.all([...running].map((worker) => worker.kill()));
  await web.stop();
  trial.close();
  await sql.close();
  await database.drop();
});

async function start(): Promise<WorkerProcess> {
  const worker = await startWorkerProcess(database.appUrl, { entry: workerEntry });
  running.add(worker);
  return worker;
}

async function kill(worker: WorkerProcess): Promise<void> {
  running.delete(worker);
  await worker.kill();
}

const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString();

/** A delivery and a sale dated back: each touches its own day and those since. */
async function tradeLate(days: number): Promise<void> {
  const client = remoteClient(web.base);
  const { siteId, tillIds, roll, bun } = trial.shop;
  const id = newId();
  trial.allow(id);
  const lines = [{ itemId: bun, quantity: "2", totalCost: "0.71" }];
  await bakery.receive(client, siteId, lines, { id, effectiveAt: daysAgo(days) });
  const late = { tillId: tillIds[0], soldAt: daysAgo(days), onShort: "record" };
  await bakery.sell(client, siteId, [{ itemId: roll, quantity: "1" }], late);
}

/** What the workers have made of the events is what a rebuild makes of the books. */
async function expectTrue(): Promise<void> {
  const own = openTestWeb(database.appUrl);
  try {
    const followed = await reportRows(database.appUrl);
    expect(followed.days.length).toBeGreaterThan(0);
    expect(await checkReports(sql)).toEqual([]);
    await rebuildReports(systemCtx(own));
    expect(await reportRows(database.appUrl)).toEqual(followed);
  } finally {
    await own.close();
  }
}

test("of two workers one is killed at random, again and again: reports are those of a rebuild", async () => {
  const workers = [await start(), await start()];
  const load = trial.start();
  for (let kills = 0; kills < rounds(10, 50); kills++) {
    await trial.progress(load, trial.stream.between(1, 40));
    if (trial.stream.chance(0.4)) await tradeLate(trial.stream.between(1, 6));
    const [dying] = workers.splice(trial.stream.between(0, 1), 1, await start());
    if (dying !== undefined) await kill(dying);
    await forgetRunning(sql);
  }
  await load.stop();
  await untilFollowed(sql);
  await expectTrue();
  expect(await sql.rows("select name from pgboss.job_common where name like '%.dead'")).toEqual([]);
  for (const worker of workers) {
    running.delete(worker);
    expect(await worker.stop()).toBe(0);
  }
}, 300_000);

test("events that come backwards, twice and three days late leave reports as they should be", async () => {
  const load = trial.start({ steps: 15 });
  for (const days of [3, 1, 2]) await tradeLate(days);
  await load.ended;
  await load.stop();
  // Nobody has worked yet. The last one first, and those of the oldest day delivered again.
  await sql.rows(`
    with turned as (
      select id, row_number() over (order by id) as n, row_number() over (order by id desc) as m
      from platform.events
    ), gone as (delete from platform.events returning *)
    insert into platform.events (id, type, site_id, business_date, subject_id, payload, recorded_at)
    select ('01900000-0000-7000-8000-' || lpad(to_hex(m), 12, '0'))::uuid, type, site_id,
      business_date, subject_id, payload, recorded_at
    from gone join turned using (id)`);
  await sql.rows(`
    insert into platform.events (id, type, site_id, business_date, subject_id, payload, recorded_at)
    select gen_random_uuid(), type, site_id, business_date, subject_id, payload, recorded_at
    from platform.events where business_date < now() - interval '2 days'`);
  const worker = await start();
  await untilFollowed(sql);
  await expectTrue();
  running.delete(worker);
  expect(await worker.stop()).toBe(0);
}, 120_000);
