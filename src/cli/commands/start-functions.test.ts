import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../../test/faults/schedule.ts";
import { openSql, type Sql } from "../../../test/faults/sql.ts";
import { testCredentials } from "../../../test/harness/key.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { type StartProcess, startAll } from "../../../test/harness/start-process.ts";

let database: TestDatabase;
let sql: Sql;
const folder = mkdtempSync(join(tmpdir(), "banneton-start-"));

beforeAll(async () => {
  database = await testDatabase();
  sql = await openSql(database.ownerUrl);
});

afterAll(async () => {
  await sql.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

async function ask({ base }: StartProcess, path: string, body?: object) {
  const keyed = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
  const init = body && { method: "POST", body: JSON.stringify(body) };
  const headers = { ...testCredentials, ...(body && keyed) };
  const answer = await fetch(`${base}/api/v1${path}`, { ...init, headers });
  expect(answer.status).toBeLessThan(300);
  return answer.json();
}

/** Adds an item and asks for a report: the copy of the deed is there, and the file. */
async function work(running: StartProcess): Promise<void> {
  const item = await ask(running, "/items", {
    ...{ name: `Loaf ${crypto.randomUUID()}`, kind: "product", stocking: "stocked" },
    ...{ unit: "piece", price: "1.00" },
  });
  const copies = `select c.object from audit.copies c join audit.entries e on e.id = c.entry_id
    where e.subject_id = $1`;
  const copied = () => sql.rows<{ object: string }>(copies, [item.id]);
  await until("the entry has a copy", async () => (await copied()).length > 0);
  const [copy] = await copied();
  expect(existsSync(join(folder, ".banneton/storage/objects", copy!.object))).toBe(true);
  const { id } = await ask(running, "/reports/sales-days/exports", { format: "csv" });
  const read = () => ask(running, `/reports/exports/${id}`);
  await until("the export is done", async () => (await read()).status === "done");
  const { link } = await read();
  const file = await fetch(new URL(new URL(link).pathname + new URL(link).search, running.base));
  expect([file.status, await file.text()]).toEqual([200, expect.stringContaining("# end: 0")]);
}

const callsOf = (metrics: string) =>
  ["auditEvent", "exportReport"].filter((name) => metrics.includes(`"${name}"`));

test("start runs the functions, which keep the copies and write the exports", async () => {
  const running = await startAll(database, folder);
  await work(running);
  expect(callsOf(await running.metrics())).toEqual(["auditEvent", "exportReport"]);
  expect(await running.stop()).toBe(0);
});

test("start --no-functions leaves both to the worker", async () => {
  const running = await startAll(database, folder, "--no-functions");
  await work(running);
  expect(callsOf(await running.metrics())).toEqual([]);
  expect(await running.stop()).toBe(0);
});
