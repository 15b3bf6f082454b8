import { afterEach, beforeEach, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { enqueue } from "#platform/jobs.ts";
import { type JobBooks, openJobBooks } from "../harness/job-books.ts";
import { countJob, recordJob } from "../harness/test-jobs.ts";
import {
  testWorkerEntry as entry,
  startWorkerProcess,
  type WorkerProcess,
} from "../harness/worker-process.ts";
import { until } from "./schedule.ts";

// Row 11 of the matrix: what arrives is poison, comes twice, in another order, or three days late.
let books: JobBooks;
let worker: WorkerProcess | undefined;

beforeEach(async () => {
  books = await openJobBooks();
});

afterEach(async () => {
  await worker?.kill();
  worker = undefined;
  await books.close();
});

const start = async () => {
  worker = await startWorkerProcess(books.database.appUrl, { entry });
  return worker;
};

const deadLetters = (job: string) =>
  books.sql.rows<{ fact: string; tries: number }>(
    `select data->>'factId' as fact, source_retry_count + 1 as tries
     from pgboss.job_common where name = $1 || '.dead'`,
    [job],
  );

test("poison ends with the dead letters, and its neighbours are untouched", async () => {
  const before = await books.happen("fragile");
  const poison = await books.happen("fragile");
  await books.sql.rows("insert into test.poisons values ($1)", [poison]);
  const after = await books.happen("fragile");
  await start();
  await until("it is given up", async () => (await deadLetters("test.record-fragile")).length > 0);
  await books.settle();
  expect(await deadLetters("test.record-fragile")).toEqual([{ fact: poison, tries: 2 }]);
  expect(await books.hasEffect(poison)).toBe(false);
  // Taken in one batch with it, and run once all the same.
  expect(await books.attempts(before)).toBe(1);
  expect(await books.attempts(after)).toBe(1);
  expect(await books.check()).toEqual([]);
});

test("a payload that no version knows goes to the dead letters at once", async () => {
  await books.app.db.withTransaction((tx) => enqueue(tx, recordJob, { factId: 7 } as never));
  await start();
  await until("it is given up", async () => (await deadLetters("test.record")).length > 0);
  expect(await deadLetters("test.record")).toEqual([{ fact: "7", tries: 1 }]);
});

test("an event that is not what its type says holds up nothing", async () => {
  await books.sql.rows(
    `insert into platform.events (id, type, subject_id, payload)
     values ('0199a0c2-0000-7000-8000-00000000000a', 'test.happened', gen_random_uuid(), '[1]')`,
  );
  await books.happen("sturdy");
  await start();
  await books.settle();
  expect(await books.check()).toEqual([]);
  expect(await deadLetters("test.record")).toHaveLength(1);
});

test("an event of a type that only a newer version knows stays for it", async () => {
  await books.sql.rows(
    `insert into platform.events (id, type, subject_id, payload, recorded_at)
     values ('0199a0c2-0000-7000-8000-00000000000b', 'test.not_known', gen_random_uuid(), '{}',
       now() - interval '90 seconds')`,
  );
  const fact = await books.happen("sturdy");
  const { base } = await start();
  await until("the known one is done", () => books.hasEffect(fact));
  const text = await (await fetch(`${base}/metrics`)).text();
  const lag = Number(/^banneton_events_lag_seconds (\S+)/m.exec(text)?.[1]);
  expect(lag).toBeGreaterThan(89);
  expect(text).toContain("banneton_events_waiting 1\n");
});

test("twice, in another order and three days late is once, on its own day", async () => {
  const facts = [
    await books.happen("sturdy", "2026-11-27"),
    await books.happen("sturdy", "2026-11-24"),
    await books.happen("sturdy", "2026-11-26"),
  ];
  // They are taken in the order of their ids: now the last one first.
  for (const fact of facts.toReversed()) {
    const values = [newId(), fact];
    await books.sql.rows("update platform.events set id = $1 where subject_id = $2", values);
  }
  await books.sql.rows(`update platform.events set recorded_at = now() - interval '3 days'
    where business_date = '2026-11-24'`);
  await start();
  await books.settle();
  // As after a crash of whoever delivered: the same once more, the last one first.
  await books.app.db.withTransaction(async (tx) => {
    for (const factId of facts.toReversed()) {
      await enqueue(tx, recordJob, { eventId: factId, factId });
      await enqueue(tx, countJob, { day: "2026-11-24" }, { key: "2026-11-24" });
    }
  });
  await books.settle();
  for (const fact of facts) expect(await books.attempts(fact)).toBe(2);
  expect(await books.check()).toEqual([]);
  expect(await books.sql.rows("select day::text, facts from test.days order by 1")).toEqual([
    { day: "2026-11-24", facts: 1 },
    { day: "2026-11-26", facts: 1 },
    { day: "2026-11-27", facts: 1 },
  ]);
});
