import { afterEach, beforeEach, expect, test } from "bun:test";
import { type JobBooks, openJobBooks } from "../harness/job-books.ts";
import {
  testWorkerEntry as entry,
  startWorkerProcess,
  type WorkerProcess,
} from "../harness/worker-process.ts";
import { drawFrom, rounds, until } from "./schedule.ts";

// Row 3 of the matrix: a worker dies of SIGKILL, also after its effect and before it says so.
let books: JobBooks;
const running = new Set<WorkerProcess>();

beforeEach(async () => {
  books = await openJobBooks();
});

afterEach(async () => {
  await Promise.all([...running].map((worker) => worker.kill()));
  running.clear();
  await books.close();
});

async function start(): Promise<WorkerProcess> {
  const worker = await startWorkerProcess(books.database.appUrl, { entry });
  running.add(worker);
  return worker;
}

async function kill(worker: WorkerProcess): Promise<void> {
  running.delete(worker);
  await worker.kill();
}

test("a worker killed between its effect and its completion has it once, though it runs twice", async () => {
  const first = await start();
  await books.closeGate();
  const fact = await books.happen("sturdy");
  await until("the effect is there", () => books.hasEffect(fact));
  await kill(first);
  await books.openGate();
  expect(await books.attempts(fact)).toBe(1);
  await books.forgetRunning();
  const second = await start();
  await books.settle();
  expect(await books.attempts(fact)).toBe(2);
  expect(await books.check()).toEqual([]);
  expect(await second.stop()).toBe(0);
});

test("a worker that lives takes over from one that dies", async () => {
  const [dying] = [await start(), await start()];
  await books.closeGate();
  const facts = await Promise.all(Array.from({ length: 20 }, () => books.happen("sturdy")));
  await until("somebody is at it", async () => (await books.attempts(facts[0] ?? "")) > 0);
  await kill(dying);
  await books.openGate();
  await books.forgetRunning();
  await books.settle();
  expect(await books.check()).toEqual([]);
});

test("of two workers one is killed at random, again and again: every effect once", async () => {
  const stream = drawFrom("worker killed");
  const workers = [await start(), await start()];
  const days = ["2026-11-24", "2026-11-27", "2026-11-26"];
  let isOver = false;
  let facts = 0;
  const load = async () => {
    while (!isOver) {
      if (stream.chance(0.1)) await books.almostHappen("sturdy");
      await books.happen("sturdy", stream.pick(days));
      facts += 1;
    }
  };
  const loads = [load(), load()];
  for (let kills = 0; kills < rounds(10, 50); kills++) {
    const more = facts + stream.between(1, 200);
    await until("more has happened", () => facts >= more);
    const victim = stream.between(0, 1);
    const [dying] = workers.splice(victim, 1, await start());
    if (dying !== undefined) await kill(dying);
    await books.forgetRunning();
  }
  isOver = true;
  await Promise.all(loads);
  await books.settle();
  expect(await books.check()).toEqual([]);
  for (const worker of workers) expect(await worker.stop()).toBe(0);
}, 120_000);
