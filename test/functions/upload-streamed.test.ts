import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "#platform/id.ts";
import { until } from "../faults/schedule.ts";
import { openShop } from "../harness/bakery.ts";
import { type FunctionProcess, startFunction } from "../harness/function-process.ts";
import { testCredentials } from "../harness/key.ts";
import { countAnew, memoryOf } from "../harness/memory.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { startWorkerProcess, type WorkerProcess } from "../harness/worker-process.ts";

const mebibyte = 1_048_576;
const bytes = 50 * mebibyte;
const growthMax = 150 * mebibyte;

let database: TestDatabase;
let setUp: TestWeb;
let web: WebProcess;
let running: FunctionProcess;
let worker: WorkerProcess;
let siteId: string;
const folder = mkdtempSync(join(tmpdir(), "banneton-streamed-"));

beforeAll(async () => {
  database = await testDatabase();
  setUp = openTestWeb(database.appUrl);
  ({ siteId } = await openShop(setUp.client, {}, 0));
  running = await startFunction("uploadFinalized", { databaseUrl: database.appUrl, folder });
  const env = {
    STORAGE_URL: `file://${folder}/storage`,
    UPLOAD_FINALIZED_URL: running.url,
    ID_TOKEN_FOLDER: join(folder, "identity"),
  };
  web = await startWebProcess(database.appUrl, env);
  worker = await startWorkerProcess(database.appUrl, { env });
}, 120_000);

afterAll(async () => {
  await worker.kill();
  await running.kill();
  web.kill();
  await web.exited;
  await setUp.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const chunk = Buffer.alloc(mebibyte, "2016-10-30,09:58:11,1,Bread\n");
const hashOfAll = createHash("sha256");
for (let at = 0; at < bytes; at += chunk.byteLength) hashOfAll.update(chunk);
const sha256 = hashOfAll.digest("hex");

function content(): ReadableStream<Uint8Array> {
  let left = bytes / chunk.byteLength;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new Uint8Array(chunk));
      else controller.close();
    },
  });
}

test("50 MB go through the web, the worker's hint and the function in less than 150 MB each", async () => {
  const headers = { ...testCredentials, "content-type": "application/json" };
  const said = { id: newId(), purpose: "import", fileName: "sales.csv", contentType: "text/csv" };
  const options = { siteId, format: "till-export", dryRun: true };
  const announced = await fetch(`${web.base}/api/v1/uploads`, {
    method: "POST",
    headers,
    body: JSON.stringify({ ...said, bytes, import: options }),
  });
  expect(announced.status).toBe(201);
  const pids = { web: web.pid, function: running.pid };
  const before = { web: countAnew(pids.web), function: countAnew(pids.function) };
  const path = `${web.base}/api/v1/uploads/${said.id}`;
  const typed = { ...testCredentials, "content-type": "text/csv" };
  const sent = await fetch(`${path}/content`, { method: "PUT", headers: typed, body: content() });
  expect([sent.status, (await sent.json()).state]).toEqual([200, "received"]);
  const read = async () => (await fetch(path, { headers: testCredentials })).json();
  await until("the upload is accepted", async () => (await read()).state === "accepted");
  expect(await read()).toMatchObject({ bytes, sha256, contentType: "text/csv" });
  const back = createHash("sha256");
  const answer = await fetch(`${path}/content`, { headers: testCredentials });
  for await (const part of answer.body ?? []) back.update(part);
  expect(back.digest("hex")).toBe(sha256);
  const growth = {
    web: memoryOf(pids.web, "VmHWM") - before.web,
    function: memoryOf(pids.function, "VmHWM") - before.function,
  };
  const shown = Object.entries(growth).map(
    ([name, grown]) => `${name} ${Math.round(grown / 1e6)} MB`,
  );
  console.log(`50 MB upload: memory grew by ${shown.join(", ")}`);
  expect(growth.web).toBeLessThan(growthMax);
  expect(growth.function).toBeLessThan(growthMax);
}, 120_000);
