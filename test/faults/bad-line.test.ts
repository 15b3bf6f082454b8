import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as bakery from "../harness/bakery.ts";
import { type FaultyLine, startFaultyLine } from "../harness/proxy.ts";
import { remoteClient } from "../harness/remote.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { type FaultDatabase, faultDatabase } from "./database.ts";
import { rounds, until } from "./schedule.ts";
import { comeAgain, openTrial, type Trial, unansweredOf } from "./trial.ts";

// Row 7 of the matrix: the line between a server and PostgreSQL is cut, half-open or slow.
const timeouts = { connectMs: 1_000, statementMs: 1_000, queryMs: 3_000, slackMs: 1_000 };
const env = {
  DATABASE_CONNECT_TIMEOUT_MS: String(timeouts.connectMs),
  // The client's own timeout of a query is two seconds longer.
  DATABASE_STATEMENT_TIMEOUT_MS: String(timeouts.statementMs),
  DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: "2000",
};
/** Connections that do not say goodbye are left after it. */
const goodbyeMs = 1_000;
let database: FaultDatabase;
let line: FaultyLine;
let slow: FaultyLine;
let hasty: WebProcess;
let usual: WebProcess;
let trial: Trial;
let target: () => string;

beforeAll(async () => {
  database = await faultDatabase();
  [line, slow] = (await Promise.all([1, 2].map(() => startFaultyLine(database.appUrl)))) as [
    FaultyLine,
    FaultyLine,
  ];
  [hasty, usual] = await Promise.all([startWebProcess(line.url, env), startWebProcess(slow.url)]);
  target = () => hasty.base;
  trial = await openTrial({ name: "bad line", database, tills: 6, target: () => target() });
});

afterAll(async () => {
  line.resume();
  await Promise.all([hasty.stop(), usual.stop()]);
  await Promise.all([line.close(), slow.close()]);
  trial.close();
  await database.drop();
});

const isReady = async () => (await fetch(`${target()}/readyz`)).status === 200;

test("a line cut again and again costs clean 503s, and nothing else", async () => {
  const load = trial.start();
  for (let cuts = 0; cuts < rounds(8, 100); cuts++) {
    await trial.progress(load, trial.stream.between(5, 60));
    line.cutAll();
  }
  await trial.progress(load, 20);
  await load.stop();
  const failed = new Set(unansweredOf(trial.told()));
  expect(failed.size).toBeGreaterThan(0);
  for (const each of failed) expect(each).toMatch(comeAgain);
  expect(await trial.prove([hasty, usual])).toEqual([]);
});

test("on a half-open line nobody waits longer than for a connection and one query", async () => {
  const load = trial.start();
  for (let stalls = 0; stalls < rounds(1, 10); stalls++) {
    await trial.progress(load, trial.stream.between(20, 60));
    line.stall();
    const heard = unansweredOf(trial.told()).length;
    const hasAllTillsHeard = () =>
      unansweredOf(trial.told()).length >= heard + 2 * trial.shop.tillIds.length;
    await until("every till was told to come back, twice", hasAllTillsHeard);
    expect((await fetch(`${target()}/healthz`)).status).toBe(200);
    line.resume();
    await until("the server is ready again", isReady);
  }
  await trial.progress(load, 20);
  await load.stop();
  const { connectMs, queryMs, slackMs } = timeouts;
  expect(load.longestMs).toBeLessThan(connectMs + queryMs + slackMs);
  expect(await trial.prove([hasty, usual])).toEqual([]);
});

test("connections that silently lead nowhere are given up after one query each", async () => {
  const client = remoteClient(target(), 20_000);
  const lookUp = () => client.ask("GET", `/items/${trial.shop.roll}`);
  await Promise.all(Array.from({ length: 8 }, lookUp));
  const load = trial.start();
  await trial.progress(load, trial.stream.between(20, 60));
  line.forget();
  const { connectMs, queryMs, slackMs } = timeouts;
  const begun = performance.now();
  await Promise.all(Array.from({ length: 8 }, lookUp));
  expect(performance.now() - begun).toBeLessThan(connectMs + queryMs + slackMs);
  await trial.progress(load, 50);
  await load.stop();
  expect(load.longestMs).toBeLessThan(connectMs + queryMs + slackMs);
  for (let count = 0; count < 8; count++) expect((await lookUp()).status).toBe(200);
  expect(await trial.prove([hasty, usual])).toEqual([]);
});

test("a server on a half-open line ends within its grace all the same", async () => {
  const web = await startWebProcess(line.url, { ...env, STOP_GRACE_MS: "1000" });
  const client = remoteClient(web.base, 20_000);
  await Promise.all([
    client.ask("GET", `/items/${trial.shop.roll}`),
    client.ask("GET", "/stock"),
    client.ask("GET", "/stock/verify"),
  ]);
  line.forget();
  const begun = performance.now();
  expect(await web.stop()).toBe(0);
  expect(performance.now() - begun).toBeLessThan(goodbyeMs + 1_000 + timeouts.slackMs);
});

describe("with the usual timeouts", () => {
  beforeAll(() => {
    target = () => usual.base;
  });

  for (const [ms, steps] of [
    [50, 3],
    [500, 1],
  ] as const) {
    test(`sales go on, none refused, when PostgreSQL is ${ms} ms away`, async () => {
      const heard = unansweredOf(trial.told()).length;
      slow.delay(ms);
      const load = trial.start({ steps: steps * rounds(1, 10) });
      await load.ended;
      slow.delay(0);
      await load.stop();
      expect(unansweredOf(trial.told()).length).toBe(heard);
      expect(await trial.prove([hasty, usual])).toEqual([]);
    });
  }

  test("a sale survives 2 s of latency while a report of everything does not hold it up", async () => {
    const { siteId, roll: itemId, tillIds } = trial.shop;
    const client = remoteClient(usual.base);
    const body = bakery.saleOf(siteId, [{ itemId, quantity: "1" }], { tillId: tillIds[0] });
    slow.delay(2_000);
    const report = client.ask("GET", "/stock/verify");
    const sale = await client.ask("POST", "/sales", { body });
    slow.delay(0);
    expect(sale.status, JSON.stringify(sale.body)).toBe(201);
    expect([200, 503]).toContain((await report).status);
    const again = await client.ask("POST", "/sales", { body });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.body).toEqual(sale.body);
  });
});
