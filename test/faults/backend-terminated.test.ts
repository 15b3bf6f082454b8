import { afterAll, beforeAll, expect, test } from "bun:test";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { type FaultDatabase, faultDatabase } from "./database.ts";
import { rounds, until } from "./schedule.ts";
import { openSql, type Sql } from "./sql.ts";
import { comeAgain, openTrial, type Trial, unansweredOf } from "./trial.ts";

// Row 5 of the matrix: PostgreSQL ends single backends at work, as an administrator would.
let database: FaultDatabase;
let admin: Sql;
let web: WebProcess;
let trial: Trial;

beforeAll(async () => {
  database = await faultDatabase();
  admin = await openSql(database.adminUrl);
  web = await startWebProcess(database.appUrl);
  const target = () => web.base;
  trial = await openTrial({ name: "backend terminated", database, tills: 8, target });
});

afterAll(async () => {
  await web.stop();
  await admin.close();
  trial.close();
  await database.drop();
});

const terminate = `
  select pg_terminate_backend(pid) from (
    select pid from pg_stat_activity
    where application_name = 'banneton' and datname = current_database() and xact_start is not null
    order by pid limit 1) one`;

test("a backend that is terminated fails its own request alone, with a clean answer", async () => {
  const load = trial.start();
  const terminations = rounds(15, 300);
  for (let count = 0; count < terminations; count++) {
    await trial.progress(load, trial.stream.between(1, 20));
    await until("a backend is at work", async () => (await admin.rows(terminate)).length > 0);
  }
  await trial.progress(load, 20);
  await load.stop();
  const said = unansweredOf(trial.told());
  for (const each of said) expect(each).toMatch(comeAgain);
  const failed = said.filter((each) => each.startsWith("503 "));
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.length).toBeLessThanOrEqual(terminations);
  expect(await trial.prove([web])).toEqual([]);
});
