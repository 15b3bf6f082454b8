import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Message, startTopicServer, type TopicServer } from "../harness/pubsub.ts";
import { forgetRunning, untilFollowed } from "../harness/settled.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { startWorkerProcess, type WorkerProcess, workerEntry } from "../harness/worker-process.ts";
import { type FaultDatabase, faultDatabase } from "./database.ts";
import { rounds, until } from "./schedule.ts";
import { openSql, type Sql } from "./sql.ts";
import { openTrial, type Trial } from "./trial.ts";

// I6 at the border: the topic that events leave for, and the workers that take them there, die under load.
let database: FaultDatabase;
let web: WebProcess;
let trial: Trial;
let sql: Sql;
let topic: TopicServer;
const running = new Set<WorkerProcess>();

beforeAll(async () => {
  database = await faultDatabase();
  sql = await openSql(database.ownerUrl);
  // What is committed is written down by the database itself, beside the product.
  await sql.rows(`
    create schema test;
    create table test.committed (id uuid primary key, subject_id uuid not null, n bigserial);
    create function test.note() returns trigger language plpgsql security definer as $$
    begin
      insert into test.committed values (new.id, new.subject_id);
      return null;
    end $$;
    create trigger note after insert on platform.events for each row execute function test.note()`);
  topic = await startTopicServer();
  web = await startWebProcess(database.appUrl);
  trial = await openTrial({ name: "topic", database, tills: 4, target: () => web.base });
}, 60_000);

afterAll(async () => {
  await Promise.all([...running].map((worker) => worker.kill()));
  await web.stop();
  await topic.close();
  trial.close();
  await sql.close();
  await database.drop();
});

async function start(): Promise<WorkerProcess> {
  const worker = await startWorkerProcess(database.appUrl, {
    entry: workerEntry,
    env: {
      GOOGLE_CLOUD_PROJECT: "banneton-tests",
      PUBSUB_TOPIC: "events",
      PUBSUB_EMULATOR_HOST: topic.address,
    },
  });
  running.add(worker);
  return worker;
}

/** The first delivery of each event. */
function once(messages: readonly Message[]): Message[] {
  const seen = new Set<string>();
  return messages.filter(({ attributes: { id } }) => !seen.has(id) && seen.add(id));
}

interface Committed {
  readonly id: string;
  readonly subject: string;
}

async function expectAll(messages: readonly Message[]): Promise<void> {
  const committed = await sql.rows<Committed>(
    "select id, subject_id as subject from test.committed order by n",
  );
  expect(committed.length).toBeGreaterThan(0);
  const bySubject = (rows: readonly Committed[]) => {
    const subjects = new Map<string, string[]>();
    for (const { id, subject } of rows)
      subjects.set(subject, [...(subjects.get(subject) ?? []), id]);
    return Object.fromEntries([...subjects].sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const arrived = once(messages).map(({ attributes: { id }, orderingKey: subject }) => {
    return { id, subject };
  });
  expect(bySubject(arrived)).toEqual(bySubject(committed));
}

test("a topic killed under load, and workers with it, gets every committed event, in order", async () => {
  const workers = [await start(), await start()];
  const load = trial.start();
  for (let kills = 0; kills < rounds(3, 30); kills++) {
    await trial.progress(load, trial.stream.between(10, 60));
    await topic.kill();
    await trial.progress(load, trial.stream.between(10, 60));
    if (trial.stream.chance(0.7)) {
      const [dying] = workers.splice(trial.stream.between(0, 1), 1, await start());
      if (dying !== undefined) {
        running.delete(dying);
        await dying.kill();
        await forgetRunning(sql);
      }
    }
    const before = topic.messages().length;
    await topic.restart();
    await until("events arrive again", () => topic.messages().length > before);
  }
  await load.stop();
  await untilFollowed(sql);
  const messages = topic.messages();
  await expectAll(messages);
  for (const { topic: name, attributes, orderingKey, body } of messages) {
    expect(name).toBe("projects/banneton-tests/topics/events");
    expect(body).toMatchObject({ schemaVersion: 1, ...attributes, subjectId: orderingKey });
  }
  expect(await trial.prove([web])).toEqual([]);
}, 300_000);

test("an event that the topic refuses holds up its own subject alone, and leaves when it may", async () => {
  for (const worker of running) await worker.kill();
  running.clear();
  const [held, free] = [crypto.randomUUID(), crypto.randomUUID()];
  const send = (subject: string, payload: object) =>
    sql.rows(
      `insert into platform.events (id, type, site_id, subject_id, payload)
       values (gen_random_uuid(), 'item.changed', null, $1, $2)`,
      [subject, JSON.stringify(payload)],
    );
  await send(held, { poison: true });
  await send(held, {});
  await send(free, {});
  await start();
  const of = (subject: string) =>
    topic.messages().filter(({ orderingKey }) => orderingKey === subject).length;
  await until("the other has left", () => of(free) > 0);
  expect(of(held)).toBe(0);
  const failed = `select 1 from pgboss.job_common where name = 'events.forward' and retry_count > 1`;
  await until("it was tried again", async () => (await sql.rows(failed)).length > 0);
  expect(of(held)).toBe(0);
  await sql.rows("update platform.outgoing set payload = '{}'");
  await untilFollowed(sql);
  expect([of(held), of(free)]).toEqual([2, 1]);
}, 120_000);
