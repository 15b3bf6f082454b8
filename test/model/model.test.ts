import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { bearing, keyWithout } from "../harness/actors.ts";
import * as bakery from "../harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { plainClient } from "../harness/remote.ts";
import { openTestWeb } from "../harness/web.ts";
import type { Command } from "./commands.ts";
import { sequences } from "./generate.ts";
import { runSequence, type Stage } from "./sequence.ts";
import type { Mistakes } from "./taking.ts";

// BANNETON_TEST_LONG=1 runs twenty times as many; BANNETON_TEST_SEED and BANNETON_TEST_PATH replay one.
const isLong = process.env["BANNETON_TEST_LONG"] === "1";
const wanted = Number(process.env["BANNETON_TEST_SEQUENCES"] ?? (isLong ? 20_000 : 1_000));
const limitMs = isLong ? 3_600_000 : 100_000;
const seed = Number(process.env["BANNETON_TEST_SEED"] ?? Date.now() & 0x7fffffff);
const path = process.env["BANNETON_TEST_PATH"];
/** While one waits for PostgreSQL the others compute. */
const lanes = path === undefined ? 4 : 1;

let database: TestDatabase;
/** The model knows the window of seven days and nobody who is above it. */
let windowed: string;
const stages: Stage[] = [];

beforeAll(async () => {
  database = await testDatabase();
  windowed = await keyWithout(database.ownerUrl, "stock.backdate");
  for (let lane = 0; lane < lanes; lane++) stages.push(await openStage());
}, 60_000);

afterAll(async () => {
  for (const { web } of stages) await web.close();
  await database.drop();
});

async function openStage(): Promise<Stage> {
  let clock = 0;
  const web = openTestWeb(database.appUrl, { now: () => new Date(clock) });
  const client = plainClient(bearing(web.web.fetch, windowed));
  const [fifo, fefo] = [
    await bakery.addCategory(client, "fifo"),
    await bakery.addCategory(client, "fefo"),
  ];
  const setClock = (at: number) => {
    clock = at;
  };
  return { web, client, categories: { fifo, fefo }, outcomes: new Map(), setClock };
}

/** What the sequences met, so that one sees what they did not. */
function outcomesOf(all: readonly Stage[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [outcome, count] of all.flatMap(({ outcomes }) => [...outcomes])) {
    sums.set(outcome, (sums.get(outcome) ?? 0) + count);
  }
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface CheckOptions {
  readonly seed: number;
  readonly runs: number;
  /** On the clock of `performance.now()`. */
  readonly until: number;
  readonly mistakes?: Mistakes;
}

interface Told {
  readonly failure: string | undefined;
  readonly ran: number;
}

/** Runs sequences of one lane until there are enough or the time is over. */
async function check(stage: Stage, options: CheckOptions): Promise<Told> {
  const { mistakes } = options;
  let ran = 0;
  const property = fc.asyncProperty(sequences, async (commands: Command[]) => {
    ran += 1;
    await runSequence(stage, commands, mistakes);
  });
  const details = await fc.check(property, {
    seed: options.seed,
    numRuns: options.runs,
    interruptAfterTimeLimit: options.until - performance.now(),
    // A mistake only has to be noticed; a true failure is worth a short example.
    endOnFailure: mistakes !== undefined,
    ...(path === undefined ? {} : { path }),
  });
  if (!details.failed || details.counterexample === null) return { failure: undefined, ran };
  const replay = `BANNETON_TEST_SEED=${details.seed} BANNETON_TEST_PATH=${details.counterexamplePath}`;
  const found = JSON.stringify(details.counterexample[0], null, 1);
  return { failure: `replay with ${replay}\n${found}\n${details.errorInstance}`, ran };
}

test(
  "any sequence of commands leaves the books of the oracle, and verify holds after each",
  async () => {
    const until = performance.now() + limitMs;
    const runs = path === undefined ? Math.ceil(wanted / lanes) : 1;
    const told = await Promise.all(
      stages.map((stage, lane) => check(stage, { seed: seed + lane, runs, until })),
    );
    const ran = told.reduce((sum, each) => sum + each.ran, 0);
    console.info(`${ran} of ${wanted} sequences, seeds ${seed} to ${seed + lanes - 1}`);
    console.info(outcomesOf(stages));
    for (const { failure } of told) if (failure !== undefined) throw new Error(failure);
    expect(ran).toBeGreaterThan(0);
  },
  limitMs + 60_000,
);

const mistaken: Readonly<Record<string, Mistakes>> = {
  "takes the newest layer first": { takesNewestFirst: true },
  "rounds values down": { roundsDown: true },
  "sells what has expired": { sellsExpired: true },
  "settles the newest shortfall first": { settlesNewestFirst: true },
  "takes what came only later": { takesTheFuture: true },
  "lets goods grow young on the way": { transfersAreNew: true },
  "gives back what was taken first": { returnsFirstTaken: true },
  "gives back by unit cost": { refundsByUnitCost: true },
  "puts what is wasted back on the shelf": { wastesNothingRefunded: true },
  "sells what is held": { sellsHeld: true },
  "holds the lot and not what holds it": { holdsOnlyTheLot: true },
  "forgets what runs made when a price comes late": { forgetsRuns: true },
  "charges what is left with all of a late price": { chargesTheShelf: true },
  "writes into closed periods": { booksIntoClosed: true },
};

// The same comparison, with an oracle that is wrong: it must fail, or the test above proves nothing.
for (const [name, mistakes] of Object.entries(mistaken)) {
  test.skipIf(path !== undefined)(
    `an oracle that ${name} is found out`,
    async () => {
      const [stage] = stages;
      if (stage === undefined) throw new Error("there is no stage");
      const until = performance.now() + 120_000;
      const { failure, ran } = await check(stage, { seed: 20_261_121, runs: 300, until, mistakes });
      console.info(`after ${ran} sequences`);
      expect(failure).toContain("replay with");
    },
    150_000,
  );
}
