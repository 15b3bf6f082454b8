import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import pg from "pg";
import { silentLog } from "#platform/log.ts";
import { openSql, type Sql } from "../../test/faults/sql.ts";
import { type TestDatabase, testDatabase } from "../../test/harness/postgres.ts";
import { parseWebConfig } from "./config.ts";
import { type Database, openDatabase } from "./db.ts";
import { dispatchEvents } from "./dispatch.ts";
import { defineEvent, publish, subscribe } from "./events.ts";
import { defineInDatabase, defineJob, enqueue, enqueueDue, type Schedule } from "./jobs.ts";
import { Strict, Type } from "./schema.ts";

const job = defineJob({
  name: "tests.do-it",
  shape: Strict({ n: Type.Integer() }),
  handler: async () => {},
});

let database: TestDatabase;
let db: Database;
let sql: Sql;

beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase(parseWebConfig({ DATABASE_URL: database.appUrl }).database, { log: silentLog });
  sql = await openSql(database.ownerUrl);
});

afterAll(async () => {
  await Promise.all([db.close(), sql.close()]);
  await database.drop();
});

beforeEach(async () => {
  await sql.rows("delete from pgboss.job_common");
  await sql.rows("delete from platform.events");
});

const waiting = () =>
  sql.rows<{ n: number }>("select (data->>'n')::int as n from pgboss.job_common order by 1");

const ask = (n: number, key?: string) =>
  db.withTransaction((tx) => enqueue(tx, job, { n }, { key }));

describe("enqueue", () => {
  test("a job is there if and only if its transaction commits", async () => {
    await db
      .withTransaction(async (tx) => {
        await enqueue(tx, job, { n: 1 });
        throw new Error("never mind");
      })
      .catch(() => {});
    expect(await waiting()).toEqual([]);
    await ask(2);
    expect(await waiting()).toEqual([{ n: 2 }]);
  });

  test("a waiting job stands for others of its key, a running one for none", async () => {
    await ask(1, "a");
    await ask(2, "a");
    await ask(3, "b");
    await ask(4);
    await ask(5);
    expect(await waiting()).toEqual([{ n: 1 }, { n: 3 }, { n: 4 }, { n: 5 }]);
    await sql.rows("update pgboss.job_common set state = 'active' where singleton_key = 'a'");
    await ask(6, "a");
    expect(await waiting()).toContainEqual({ n: 6 });
  });

  test("a waiting job is not begun before all it stands for is committed", async () => {
    await ask(1, "a");
    const take = `select id from pgboss.job_common where state = 'created' for update skip locked`;
    await db.withTransaction(async (tx) => {
      await enqueue(tx, job, { n: 2 }, { key: "a" });
      expect(await sql.rows(take)).toEqual([]);
    });
    expect(await sql.rows(take)).toHaveLength(1);
  });

  test("a queue that no worker has made yet takes jobs, and gets its settings from the next worker", async () => {
    const early = { ...job, name: "tests.early", retryLimit: 1 };
    await db.withTransaction((tx) => enqueue(tx, early, { n: 1 }));
    await db.withTransaction((tx) => defineInDatabase(tx, { ...early, retryLimit: 7 }));
    const names = `select name, retry_limit from pgboss.queue where name like 'tests.early%' order by 1`;
    expect(await sql.rows(names)).toEqual([
      { name: "tests.early", retry_limit: 7 },
      { name: "tests.early.dead", retry_limit: 0 },
    ]);
  });
});

describe("schedules", () => {
  const due = (schedule: Schedule) =>
    db.withTransaction((tx) => enqueueDue(tx, { ...job, schedule }, schedule));
  const slots = () =>
    sql.rows<{ slot: string }>(
      "select singleton_on::text as slot from pgboss.job_common order by 1",
    );

  test("each interval is due once, whoever asks and however often", async () => {
    await Promise.all([due({ everyMinutes: 1_440 }), due({ everyMinutes: 1_440 })]);
    await due({ everyMinutes: 1_440 });
    const [row] = await sql.rows<{ today: string }>(
      "select date_trunc('day', now() at time zone 'UTC')::text as today",
    );
    expect(await slots()).toEqual([{ slot: row?.today ?? "" }]);
  });

  test("what was missed is due once, however long nobody worked", async () => {
    await due({ everyMinutes: 60, offsetMinutes: 7 });
    await sql.rows("update pgboss.job_common set singleton_on = singleton_on - interval '3 days'");
    await due({ everyMinutes: 60, offsetMinutes: 7 });
    await due({ everyMinutes: 60, offsetMinutes: 7 });
    const found = await slots();
    expect(found).toHaveLength(2);
    for (const { slot } of found) expect(slot).toEndWith(":07:00");
  });
});

describe("events", () => {
  const event = defineEvent("test.done", Strict({ n: Type.Integer() }));
  const subscription = subscribe(event, job, ({ payload }) => ({ payload }));
  const fact = { siteId: null, businessDate: "2026-11-27", subjectId: crypto.randomUUID() };
  const dispatch = (limit: number) =>
    dispatchEvents(db, { subscriptions: [subscription], known: [event.name] }, limit);

  test("an event is there if and only if its transaction commits", async () => {
    const failing = db.withTransaction(async (tx) => {
      publish(tx, event, { ...fact, payload: { n: 1 } });
      throw new Error("never mind");
    });
    await failing.catch(() => {});
    await db.withTransaction(async (tx) => publish(tx, event, { ...fact, payload: { n: 2 } }));
    expect(await sql.rows("select payload from platform.events")).toEqual([{ payload: { n: 2 } }]);
  });

  test("two dispatchers at once make one job of each event", async () => {
    await db.withTransaction(async (tx) => {
      for (let n = 0; n < 100; n++) publish(tx, event, { ...fact, payload: { n } });
    });
    const dispatched = await Promise.all(Array.from({ length: 5 }, () => dispatch(30)));
    const events = dispatched.reduce((sum, each) => sum + each.events, 0);
    expect(events).toBe(100);
    expect(await waiting()).toEqual(Array.from({ length: 100 }, (_, n) => ({ n })));
  });

  test("an event whose transaction commits after younger ones is not passed over", async () => {
    const late = new pg.Client({ connectionString: database.appUrl });
    await late.connect();
    await late.query("begin");
    await late.query(
      `insert into platform.events (id, type, subject_id, payload)
       values ('00000000-0000-7000-8000-000000000001', 'test.done', gen_random_uuid(), '{"n": 1}')`,
    );
    await db.withTransaction(async (tx) => publish(tx, event, { ...fact, payload: { n: 2 } }));
    expect((await dispatch(10)).events).toBe(1);
    await late.query("commit");
    await late.end();
    expect((await dispatch(10)).events).toBe(1);
    expect(await waiting()).toEqual([{ n: 1 }, { n: 2 }]);
  });
});

test("names that could not be stored for good are refused", () => {
  expect(() => defineJob({ ...job, name: "Do it" })).toThrow("module.what-it-does");
  expect(() => defineEvent("saleRecorded", Strict({}))).toThrow("noun.happened");
});
