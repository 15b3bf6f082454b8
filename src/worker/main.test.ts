import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testRelease } from "../../scripts/build-worker.ts";
import { until } from "../../test/faults/schedule.ts";
import { type JobBooks, openJobBooks } from "../../test/harness/job-books.ts";
import { openNotifySocket } from "../../test/harness/notify-socket.ts";
import { emptyDatabase } from "../../test/harness/postgres.ts";
import {
  endedWorker,
  testWorkerEntry as entry,
  startWorkerProcess,
} from "../../test/harness/worker-process.ts";

// The compiled binary, as it is deployed.
let books: JobBooks;
let url: string;
const folder = mkdtempSync(join(tmpdir(), "banneton-worker-"));

beforeAll(async () => {
  books = await openJobBooks();
  url = books.database.appUrl;
});

afterAll(async () => {
  await books.close();
  rmSync(folder, { recursive: true });
});

describe("how it ends", () => {
  test("--help says what it does and what its exit codes mean", async () => {
    const { code, output } = await endedWorker({ args: ["--help"] });
    expect(output).toContain("Usage: banneton-worker [--once]");
    for (const each of ["0 ", "1 ", "69 ", "70 ", "75 ", "78 "]) expect(output).toContain(each);
    expect(code).toBe(0);
    expect((await endedWorker({ args: ["--twice"] })).code).toBe(64);
  });

  test("a wrong environment names every problem at once, and 78", async () => {
    const env = { DATABASE_URL: "mysql://nowhere", WORKER_PORT: "many", LOG_LEVEL: "loud" };
    const { code, output } = await endedWorker({ env });
    for (const name of Object.keys(env)) expect(output).toContain(`${name}:`);
    expect(output).not.toContain("mysql");
    expect(code).toBe(78);
  });

  test("no database, and a schema that is not current, are 69", async () => {
    const nowhere = await endedWorker({ url: "postgres://nobody:none@127.0.0.1:1/none" });
    expect(nowhere.code).toBe(69);
    expect(nowhere.output).not.toContain("nobody");
    const empty = await emptyDatabase();
    expect((await endedWorker({ url: empty.appUrl })).code).toBe(69);
    await empty.drop();
  });
});

describe("--once", () => {
  test("does what is due, the nightly verification too, and ends", async () => {
    const facts = [await books.happen("sturdy"), await books.happen("sturdy")];
    const first = await endedWorker({ url, entry, args: ["--once"] });
    expect(first.output).not.toContain('"ERROR"');
    expect(first.code).toBe(0);
    for (const fact of facts) expect(await books.attempts(fact)).toBe(1);
    expect(await books.check()).toEqual([]);
    const verified = "select is_sound from verifications.runs";
    expect(await books.sql.rows(verified)).toEqual([{ is_sound: true }]);
    expect((await endedWorker({ url, entry, args: ["--once"] })).code).toBe(0);
    expect(await books.sql.rows(verified)).toHaveLength(1);
  });

  test("a job that failed is told by 1, and tried again by the next", async () => {
    const fact = await books.happen("sturdy");
    await books.sql.rows("insert into test.poisons values ($1)", [fact]);
    expect((await endedWorker({ url, entry, args: ["--once"] })).code).toBe(1);
    await books.sql.rows("delete from test.poisons");
    await books.sql.rows("update pgboss.job_common set start_after = now() where state = 'retry'");
    expect((await endedWorker({ url, entry, args: ["--once"] })).code).toBe(0);
    expect(await books.hasEffect(fact)).toBe(true);
  });
});

describe("SIGTERM", () => {
  test("lets the job under way end, takes no other, and exits with 0", async () => {
    const worker = await startWorkerProcess(url, { entry });
    await books.closeGate();
    const fact = await books.happen("sturdy");
    await until("it is under way", () => books.hasEffect(fact));
    const exited = worker.stop();
    await until("it stops", () => worker.output().includes('"Stopping"'));
    const later = await books.happen("sturdy");
    await books.openGate();
    expect(await exited).toBe(0);
    expect(await books.attempts(fact)).toBe(1);
    expect(await books.attempts(later)).toBe(0);
    const states = "select state from pgboss.job_common where data->>'factId' = $1";
    expect(await books.sql.rows(states, [fact])).toEqual([{ state: "completed" }]);
    expect((await endedWorker({ url, entry, args: ["--once"] })).code).toBe(0);
    expect(await books.check()).toEqual([]);
  });

  test("gives back at the end of the grace what does not end, and exits with 75", async () => {
    const env = { WORKER_STOP_GRACE_MS: "1000", DATABASE_LOCK_TIMEOUT_MS: "60000" };
    const worker = await startWorkerProcess(url, { entry, env });
    await books.closeGate();
    const fact = await books.happen("sturdy");
    await until("it is under way", () => books.hasEffect(fact));
    expect(await worker.stop()).toBe(75);
    const states = "select state from pgboss.job_common where data->>'factId' = $1";
    expect(await books.sql.rows(states, [fact])).toEqual([{ state: "retry" }]);
    await books.openGate();
    await books.sql.rows("update pgboss.job_common set start_after = now() where state = 'retry'");
    expect((await endedWorker({ url, entry, args: ["--once"] })).code).toBe(0);
    expect(await books.check()).toEqual([]);
  });
});

describe("what it tells", () => {
  test("health, readiness, its numbers and the commit it was built of are on a port of their own", async () => {
    const worker = await startWorkerProcess(url);
    const ask = (path: string) => fetch(`${worker.base}${path}`);
    expect((await ask("/healthz")).status).toBe(200);
    const ready = await ask("/readyz");
    expect(await ready.json()).toEqual({
      status: "ready",
      checks: { working: "ok", database: "ok", schema: "ok" },
    });
    const text = await (await ask("/metrics")).text();
    for (const name of ["events_lag_seconds 0", "events_waiting 0", "verification_sound 1"]) {
      expect(text).toContain(`\nbanneton_${name}\n`);
    }
    expect(text).toContain(`\nbanneton_build_info{version="${testRelease}"} 1\n`);
    expect((await ask("/")).status).toBe(404);
    expect(await worker.stop()).toBe(0);
  });

  test("its supervisor hears that it is ready, that it is alive, and that it stops", async () => {
    const path = join(folder, "notify");
    const socket = openNotifySocket(path);
    const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: "100000" };
    const worker = await startWorkerProcess(url, { env });
    const count = (word: string) => socket.heard().filter((each) => each === word).length;
    await until("it has said several times that it is alive", () => count("WATCHDOG=1") >= 3);
    expect(await worker.stop()).toBe(0);
    expect(socket.heard()[0]).toBe("READY=1");
    expect(socket.heard().at(-1)).toBe("STOPPING=1");
    expect(count("READY=1")).toBe(1);
    socket.close();
  });

  test("secrets come as credentials, and no secret or failure of SQL is in the log", async () => {
    writeFileSync(join(folder, "DATABASE_URL"), `${url}\n`, { mode: 0o600 });
    const wrong = { DATABASE_URL: "postgres://nobody:none@127.0.0.1:1/none" };
    const env = { ...wrong, CREDENTIALS_DIRECTORY: folder, LOG_LEVEL: "debug" };
    const { code, output } = await endedWorker({ entry, env, args: ["--once"] });
    expect(code).toBe(0);
    expect(output).not.toContain(new URL(url).password);
  });
});
