import { afterAll, beforeAll, expect, test } from "bun:test";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { type FaultDatabase, faultDatabase } from "./database.ts";
import { isLong, rounds } from "./schedule.ts";
import { openTrial, type Trial, tallyOf } from "./trial.ts";

// Row 1 of the matrix: the server dies of SIGKILL under load, many times.
let database: FaultDatabase;
let web: WebProcess;
let trial: Trial;

beforeAll(async () => {
  database = await faultDatabase();
  web = await startWebProcess(database.appUrl);
  trial = await openTrial({ name: "server killed", database, tills: 8, target: () => web.base });
});

afterAll(async () => {
  await web.stop();
  trial.close();
  await database.drop();
});

test("a server killed again and again loses and repeats nothing", async () => {
  const load = trial.start();
  for (let kills = 0; kills < rounds(5, 50); kills++) {
    await trial.progress(load, trial.stream.between(5, isLong ? 300 : 60));
    web.kill();
    await web.exited;
    web = await startWebProcess(database.appUrl);
  }
  await trial.progress(load, 20);
  await load.stop();
  const tally = tallyOf(trial.told());
  expect(tally.unanswered).toBeGreaterThan(0);
  expect(await trial.prove([web])).toEqual([]);
});
