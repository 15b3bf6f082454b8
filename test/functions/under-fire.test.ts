import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../faults/schedule.ts";
import { openSql, type Sql } from "../faults/sql.ts";
import { type FunctionProcess, startFunction } from "../harness/function-process.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { binaryMode, publishedEvent, storageEvent, structuredMode } from "./storage-events.ts";

let database: TestDatabase;
let running: FunctionProcess;
let sql: Sql;
const folder = mkdtempSync(join(tmpdir(), "banneton-under-fire-"));

beforeAll(async () => {
  database = await testDatabase();
  sql = await openSql(database.ownerUrl);
  running = await startFunction("uploadFinalized", { databaseUrl: database.appUrl, folder });
}, 60_000);

afterAll(async () => {
  await running.kill();
  await sql.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

async function post(body: BodyInit, headers: Record<string, string>) {
  const authorization = `Bearer ${await running.token()}`;
  const init = { method: "POST", headers: { ...headers, authorization }, body };
  const answer = await fetch(running.url, init);
  return { status: answer.status, text: await answer.text() };
}

/** What the process answers to lines as they stand. */
function rawly(lines: string): Promise<string> {
  const { hostname, port } = new URL(running.url);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = "";
  const socket = connect(Number(port), hostname, () => socket.write(lines));
  socket.on("data", (data) => (text += data));
  socket.on("close", () => resolve(text)).on("error", reject);
  return promise;
}

describe("a function", () => {
  test("answers methods that no Request can have like all others", async () => {
    const host = new URL(running.url).host;
    const answer = await rawly(`TRACE / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(answer).toStartWith("HTTP/1.1 405 ");
    expect(answer.toLowerCase()).toContain("allow: post, options");
  });

  test("takes no more than its limit, also of a body that does not say how large it is", async () => {
    const chunk = new Uint8Array(100_000);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let count = 0; count < 20; count++) controller.enqueue(chunk);
        controller.close();
      },
    });
    const { status, text } = await post(body, { "content-type": "application/octet-stream" });
    expect([status, JSON.parse(text).code]).toEqual([413, "http.body_size"]);
  });

  test("says nothing of its insides to a body that is no JSON", async () => {
    const { status, text } = await post("{", { "content-type": "application/json" });
    expect(status).toBe(400);
    expect(text).not.toMatch(/node_modules| at |SyntaxError/);
  });

  test("ignores names of objects that cannot be ours, whatever is in them", async () => {
    const names = ["uploads/a\u0000b", "\ud800", "../../x.html", "uploads//x", "'; --", "uploads/"];
    for (const name of names) {
      for (const event of [storageEvent, publishedEvent]) {
        const { headers, body } = structuredMode(event(name, { id: "naughty" }));
        expect([name, (await post(body, headers)).status]).toEqual([name, 204]);
      }
    }
  });

  test("refuses JSON of any depth without falling over it", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const { headers } = binaryMode(storageEvent("uploads/deep"));
    for (const body of [deep, `{"bucket":"folder","name":${deep}}`]) {
      expect((await post(body, headers)).status).toBeLessThan(500);
    }
  });

  test("that is asked to end finishes what is under way and closes its connections", async () => {
    await sql.rows("begin");
    await sql.rows("lock table uploads.uploads in access exclusive mode");
    const event = binaryMode(storageEvent("uploads/00000000-0000-4000-8000-000000000000"));
    const answer = post(event.body, event.headers);
    const held = `select pid from pg_locks
      where relation = 'uploads.uploads'::regclass and not granted`;
    await until("the call waits for the books", async () => (await sql.rows(held)).length === 1);
    const code = running.stop();
    await until("it has heard", () => running.output().includes('"Stopping"'));
    await sql.rows("commit");
    expect((await answer).status).toBe(204);
    expect(await code).toBe(0);
    const left = `select pid from pg_stat_activity
      where datname = current_database() and usename = 'banneton'`;
    expect(await sql.rows(left)).toEqual([]);
  });
});
