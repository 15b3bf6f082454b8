import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { rebuildReports, recomputeDays, touchedDays } from "#modules/reports/index.ts";
import { statement } from "#platform/db.ts";
import { checkReports } from "../faults/reports.ts";
import { openSql, type Sql } from "../faults/sql.ts";
import { bearing, keyWithout } from "../harness/actors.ts";
import * as bakery from "../harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { plainClient, type RemoteClient } from "../harness/remote.ts";
import { reportRows, systemCtx } from "../harness/reports.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import type { Command } from "../model/commands.ts";
import { sequences } from "../model/generate.ts";
import { runCommands, type Stage } from "../model/sequence.ts";

// BANNETON_TEST_LONG=1 runs more; BANNETON_TEST_SEED and BANNETON_TEST_PATH replay one.
const isLong = process.env["BANNETON_TEST_LONG"] === "1";
const seed = Number(process.env["BANNETON_TEST_SEED"] ?? Date.now() & 0x7fffffff);
const path = process.env["BANNETON_TEST_PATH"];
const limitMs = isLong ? 1_800_000 : 30_000;

let database: TestDatabase;
let sql: Sql;
let web: TestWeb;
let clock = 0;

beforeAll(async () => {
  database = await testDatabase();
  sql = await openSql(database.ownerUrl);
  web = openTestWeb(database.appUrl, { now: () => new Date(clock) });
}, 60_000);

afterAll(async () => {
  await sql.close();
  await web.close();
  await database.drop();
});

const businessDate = statement(
  "test_business_date",
  `select (($2::timestamptz at time zone zone) - cutover)::date as day from sites.sites where id = $1`,
);

interface Recorded {
  readonly id: string;
  readonly siteId?: string;
  readonly fromSiteId?: string;
  readonly effectiveAt?: string;
  readonly businessDate?: string;
}

/** Mistakes the comparison must find out. */
interface Mistakes {
  readonly forgetsOtherDays?: boolean;
}
let mistakes: Mistakes = {};

/** What the event of a command would say: its site and business date, and which record it was. */
async function recompute(path: string, answer: Recorded): Promise<void> {
  const siteId = answer.siteId ?? answer.fromSiteId;
  if (siteId === undefined) return;
  const now = new Date(clock).toISOString();
  const isUndoing = /\/(reverse|void)$/.test(path);
  const told = isUndoing ? undefined : answer.effectiveAt;
  const at =
    told ??
    (answer.effectiveAt !== undefined && answer.effectiveAt > now ? answer.effectiveAt : now);
  const [{ day } = { day: "" }] = await web.app.db.run<{ day: string }>(businessDate, [siteId, at]);
  const date = isUndoing || answer.businessDate === undefined ? day : answer.businessDate;
  const ctx = systemCtx(web);
  const change = { siteId, businessDate: date, subjectId: answer.id, recordedAt: now };
  const touched = mistakes.forgetsOtherDays ? [change] : await touchedDays(ctx, change);
  await recomputeDays(ctx, touched);
}

/** A client behind whose commands the reports are kept as the worker keeps them. */
function watched(client: RemoteClient): RemoteClient {
  return {
    async ask(method, path, ask) {
      const answer = await client.ask<never>(method, path, ask);
      if (method === "POST" && answer.status < 300) await recompute(path, answer.body);
      return answer;
    },
  };
}

async function openStage(): Promise<Stage> {
  // The model knows the window of seven days and nobody who is above it.
  const windowed = await keyWithout(database.ownerUrl, "stock.backdate");
  const client = watched(plainClient(bearing(web.web.fetch, windowed)));
  const [fifo, fefo] = [
    await bakery.addCategory(client, "fifo"),
    await bakery.addCategory(client, "fefo"),
  ];
  const setClock = (at: number) => {
    clock = at;
  };
  return { web, client, categories: { fifo, fefo }, outcomes: new Map(), setClock };
}

interface CheckOptions {
  readonly seed: number;
  readonly limitMs: number;
}

/** Compares what was kept with a rebuild over it, and with one from nothing. */
async function check(options: CheckOptions): Promise<string | undefined> {
  const stage = await openStage();
  const ctx = systemCtx(web);
  let ran = 0;
  const property = fc.asyncProperty(sequences, async (commands: Command[]) => {
    ran += 1;
    const { sites } = await runCommands(stage, commands);
    const siteIds = sites.map(({ siteId }) => siteId);
    const kept = await reportRows(database.appUrl, siteIds);
    for (const siteId of siteIds) await rebuildReports(ctx, { siteId });
    expect(await reportRows(database.appUrl, siteIds)).toEqual(kept);
    for (const table of Object.keys(kept)) {
      await sql.rows(`delete from reports.${table} where site_id = any($1)`, [siteIds]);
    }
    for (const siteId of siteIds) await rebuildReports(ctx, { siteId });
    expect(await reportRows(database.appUrl, siteIds)).toEqual(kept);
    expect(await checkReports(sql)).toEqual([]);
  });
  const told = await fc.check(property, {
    seed: options.seed,
    numRuns: path === undefined ? 100_000 : 1,
    interruptAfterTimeLimit: options.limitMs,
    endOnFailure: mistakes.forgetsOtherDays === true,
    ...(path === undefined ? {} : { path }),
  });
  console.info(`${ran} sequences, seed ${options.seed}`);
  console.info(Object.fromEntries([...stage.outcomes].sort(([a], [b]) => (a < b ? -1 : 1))));
  expect(ran).toBeGreaterThan(0);
  if (!told.failed || told.counterexample === null) return undefined;
  const replay = `BANNETON_TEST_SEED=${told.seed} BANNETON_TEST_PATH=${told.counterexamplePath}`;
  return `replay with ${replay}\n${JSON.stringify(told.counterexample[0])}\n${told.errorInstance}`;
}

describe("computing only the days that a change touched", () => {
  test(
    "leaves the rows of a full rebuild, whatever was sold, undone, corrected or dated back",
    async () => {
      const failure = await check({ seed, limitMs });
      if (failure !== undefined) throw new Error(failure);
    },
    limitMs + 120_000,
  );

  test.skipIf(path !== undefined)(
    "is found out if it forgets all days but the command's own",
    async () => {
      mistakes = { forgetsOtherDays: true };
      const failure = await check({ seed: 20_261_128, limitMs: 120_000 });
      mistakes = {};
      expect(failure).toContain("replay with");
    },
    240_000,
  );
});
