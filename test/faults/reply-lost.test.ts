import { afterAll, beforeAll, expect, test } from "bun:test";
import { deeds, type FaultyLine, startFaultyLine } from "../harness/proxy.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { type FaultDatabase, faultDatabase } from "./database.ts";
import { rounds, until } from "./schedule.ts";
import { openTrial, type Trial, unansweredOf } from "./trial.ts";

// Row 6 of the matrix: it is committed, and the line is cut before anybody hears of it; between
// PostgreSQL and the server, and between the server and the till.
let database: FaultDatabase;
let toDatabase: FaultyLine;
let toWeb: FaultyLine;
let web: WebProcess;
let trial: Trial;

beforeAll(async () => {
  database = await faultDatabase();
  toDatabase = await startFaultyLine(database.appUrl);
  web = await startWebProcess(toDatabase.url);
  toWeb = await startFaultyLine(web.base, deeds.web);
  const target = () => toWeb.url.replace(/\/$/, "");
  trial = await openTrial({ name: "reply lost", database, tills: 6, target });
});

afterAll(async () => {
  await toWeb.close();
  await web.stop();
  await toDatabase.close();
  trial.close();
  await database.drop();
});

async function cutUnderLoad(line: FaultyLine, times: number): Promise<void> {
  const load = trial.start();
  for (let count = 1; count <= times; count++) {
    await trial.progress(load, trial.stream.between(1, 15));
    const before = line.cuts();
    line.cutAfterNextCommit();
    await until("the line was cut", () => line.cuts() > before);
  }
  await trial.progress(load, 10);
  await load.stop();
}

test("the server settles a COMMIT it never heard of: its till is answered as if nothing was", async () => {
  await cutUnderLoad(toDatabase, rounds(15, 200));
  expect(unansweredOf(trial.told())).toEqual([]);
  expect(await trial.prove([web])).toEqual([]);
});

test("a till whose answer was lost asks again, and nothing happens twice", async () => {
  await cutUnderLoad(toWeb, rounds(15, 200));
  const replayed = trial.told().filter((each) => each.acknowledged?.replayed === true);
  expect(replayed.length).toBeGreaterThan(0);
  expect(await trial.prove([web])).toEqual([]);
});
