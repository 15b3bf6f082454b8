import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rebuildReports } from "#modules/reports/index.ts";
import type { ReportExport } from "#modules/reports/model/exports.ts";
import { newId } from "#platform/id.ts";
import { drawFrom, until } from "../faults/schedule.ts";
import { openSql, type Sql } from "../faults/sql.ts";
import * as bakery from "../harness/bakery.ts";
import { type FunctionProcess, startFunction } from "../harness/function-process.ts";
import { countAnew, memoryOf } from "../harness/memory.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { systemCtx } from "../harness/reports.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import { startWorkerProcess } from "../harness/worker-process.ts";

const days = 8_000;
const rows = days * 24;
const growthMax = 150 * 1_048_576;
let database: TestDatabase;
let bench: TestWeb;
let sql: Sql;
let running: FunctionProcess;
const folder = mkdtempSync(join(tmpdir(), "banneton-exports-"));
const storageUrl = `file://${folder}/storage`;

beforeAll(async () => {
  database = await testDatabase();
  sql = await openSql(database.ownerUrl);
  const files = { storageUrl, functionUrls: {}, identityFolder: undefined, scanUrl: undefined };
  bench = openTestWeb(database.appUrl, { config: { services: files } });
  const { siteId } = await bakery.openShop(bench.client);
  const loaf = await bakery.addItem(bench.client, { kind: "product", unit: "piece" });
  await bakery.receive(bench.client, siteId, [{ itemId: loaf, quantity: "9", totalCost: "9.00" }]);
  await bakery.sell(bench.client, siteId, [{ itemId: loaf, quantity: "2" }]);
  await rebuildReports(systemCtx(bench));
  await addYears();
  running = await startFunction("exportReport", { databaseUrl: database.appUrl, folder });
}, 120_000);

afterAll(async () => {
  await running.kill();
  await bench.close();
  await sql.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** The one day there is, as often as years have days, with all their hours. */
async function addYears(): Promise<void> {
  const copy = async (table: string, fields: string, from: string) => {
    await sql.rows(
      `insert into reports.${table} select copy.* from (select * from reports.${table} limit 1) r,
         ${from}, jsonb_populate_record(null::reports.${table}, to_jsonb(r) || ${fields}) copy`,
    );
  };
  const day = `generate_series(1, ${days}) n`;
  const date = "to_char(date '2000-01-01' + n, 'YYYY-MM-DD')";
  await copy("days", `jsonb_build_object('business_date', ${date})`, day);
  const hours = `${day}, generate_series(0, 23) h`;
  await copy("hours", `jsonb_build_object('business_date', ${date}, 'hour', h)`, hours);
  await sql.rows("analyze reports.days, reports.hours");
}

async function ask(report: string, body: object): Promise<ReportExport> {
  const path = `/reports/${report}/exports`;
  const answer = await bench.client.ask("POST", path, { body, headers: bakery.key() });
  return answer.body as ReportExport;
}

const read = async (id: string) =>
  (await bench.client.get<ReportExport>(`/reports/exports/${id}`)).body;

async function call(url: string, body: unknown) {
  const authorization = `Bearer ${await running.token()}`;
  const headers = { authorization, "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, body: isJson ? await response.json() : undefined };
}

const filesOf = (id: string) => readdirSync(join(folder, "storage/objects/exports", id));
const fileOf = (id: string, name: string) =>
  readFileSync(join(folder, "storage/objects/exports", id, name));
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("the function that writes exports", () => {
  test(`streams ${rows} rows with memory that does not grow with them`, async () => {
    const { id } = await ask("sales-hours", { format: "csv" });
    const before = countAnew(running.pid);
    const answer = await call(running.url, { exportId: id });
    expect([answer.status, answer.body.status]).toEqual([200, "done"]);
    const growth = memoryOf(running.pid, "VmHWM") - before;
    console.info(`${rows} rows, memory grew by ${Math.round(growth / 1_048_576)} MiB`);
    expect(growth).toBeLessThan(growthMax);
    const bytes = fileOf(id, "1.csv");
    expect(bytes.subarray(-40).toString()).toContain(`# end: ${rows + 1} records`);
    const { status, sha256, rows: written } = await read(id);
    expect([status, sha256, written]).toEqual(["done", hashOf(bytes), rows + 1]);
  }, 120_000);

  test("killed in the middle and asked again leaves one file, and the right one", async () => {
    const { id } = await ask("sales-hours", { format: "csv" });
    const other = await startFunction("exportReport", {
      databaseUrl: database.appUrl,
      folder,
      env: { FUNCTION_AUDIENCE: running.url },
    });
    const lost = call(other.url, { exportId: id }).catch(() => undefined);
    const most = drawFrom("export-killed").between(1, rows / 2);
    await until("it has written some", async () => (await read(id)).rows >= most);
    await other.kill();
    await lost;
    expect((await read(id)).status).toBe("running");
    const answer = await call(running.url, { exportId: id });
    expect(answer.body).toMatchObject({ status: "done", errorCode: null });
    expect(filesOf(id)).toEqual(["2.csv"]);
    expect((await read(id)).sha256).toBe(hashOf(fileOf(id, "2.csv")));
  }, 120_000);

  test("says of a workbook that is too large that it is", async () => {
    const { id } = await ask("sales-hours", { format: "xlsx" });
    const answer = await call(running.url, { exportId: id });
    const errorCode = "reports.export_too_large";
    expect(answer.body).toMatchObject({ status: "failed", errorCode, link: null });
    expect(await read(id)).toMatchObject({ status: "failed", errorCode });
  }, 60_000);

  test("refuses what is no request, what is not there and who may not call", async () => {
    for (const body of [{}, { exportId: "x" }, { exportId: newId(), more: 1 }, [], "x"]) {
      const answer = await call(running.url, body);
      expect([400, 422]).toContain(answer.status);
    }
    const none = await call(running.url, { exportId: newId() });
    expect([none.status, none.body.code]).toEqual([404, "reports.export_not_found"]);
    const { id } = await ask("waste", { format: "csv" });
    const body = JSON.stringify({ exportId: id });
    const stranger = await fetch(running.url, { method: "POST", body });
    expect(stranger.status).toBe(401);
    expect((await read(id)).status).toBe("waiting");
  });
});

test("the worker asks the function, waits while it is away, and does it itself where there is none", async () => {
  const gone = await startFunction("exportReport", { databaseUrl: database.appUrl, folder });
  await gone.kill();
  const identity = { STORAGE_URL: storageUrl, ID_TOKEN_FOLDER: join(folder, "identity") };
  const withUrl = (url: string) => ({ env: { ...identity, EXPORT_REPORT_URL: url } });
  const { id } = await ask("sales-days", { format: "html", from: "2000-01-02", to: "2000-03-01" });
  const vain = await startWorkerProcess(database.appUrl, withUrl(gone.url));
  await until("it was tried in vain", () => vain.output().includes("did not answer"));
  await vain.stop();
  expect((await read(id)).status).toBe("waiting");
  const worker = await startWorkerProcess(database.appUrl, withUrl(running.url));
  await until("it is done", async () => (await read(id)).status === "done");
  await worker.stop();
  expect(running.output()).toContain('"exportReport"');
  const alone = await startWorkerProcess(database.appUrl, { env: identity });
  const own = await ask("sales-days", { format: "xlsx", from: "2000-01-02", to: "2000-03-01" });
  await until("it is done alone", async () => (await read(own.id)).status === "done");
  expect(await alone.stop()).toBe(0);
  expect(fileOf(own.id, "1.xlsx").subarray(0, 2).toString()).toBe("PK");
}, 120_000);
