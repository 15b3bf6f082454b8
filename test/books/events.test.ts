import { afterAll, beforeAll, expect, test } from "bun:test";
import { partsOf } from "../../src/worker/app.ts";
import { openSql, type Sql } from "../faults/sql.ts";
import { allCommands } from "../harness/commands.ts";
import { openKitchen } from "../harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

let database: TestDatabase;
let bench: TestWeb;
let sql: Sql;

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl);
  sql = await openSql(database.ownerUrl);
}, 60_000);

afterAll(async () => {
  await Promise.all([bench.close(), sql.close()]);
  await database.drop();
});

const types = async () =>
  (await sql.rows<{ type: string }>("select type from platform.events order by type")).map(
    ({ type }) => type,
  );

test("every event that the worker knows is told of by some command, and a replay tells nothing", async () => {
  const told = new Set<string>();
  for (const { prepare } of allCommands) {
    const kitchen = await openKitchen(bench.client);
    const { method, path, body, headers } = await prepare(kitchen);
    const send = () => bench.client.ask(method, path, { body, headers });
    expect((await send()).status).toBeLessThan(300);
    const once = await types();
    await send();
    expect(await types()).toEqual(once);
    for (const type of once) told.add(type);
    await sql.rows("delete from platform.events");
  }
  // Of till exports, which are no single command.
  const elsewhere = new Set(["history.recorded"]);
  const known = partsOf({ topic: undefined }).events.map(({ name }) => name);
  expect(known.filter((name) => !told.has(name) && !elsewhere.has(name))).toEqual([]);
}, 120_000);
