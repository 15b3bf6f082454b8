import { afterAll, beforeAll, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { enqueue } from "#platform/jobs.ts";
import { openSql, type Sql } from "../../../test/faults/sql.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { send } from "../../../test/harness/uploads.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { endedWorker } from "../../../test/harness/worker-process.ts";
import { uploadJobs } from "./jobs.ts";
import { importQueue } from "./service/queues.ts";

let database: TestDatabase;
let web: TestWeb;
let books: Sql;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  books = await openSql(database.ownerUrl);
});

afterAll(async () => {
  await books.close();
  await web.close();
  await database.drop();
});

const storage = () => ({ STORAGE_URL: web.app.config.services.storageUrl ?? "" });
const read = (id: string) => bakery.read(web.client, `/uploads/${id}`);

/** What is due, by the compiled worker; whether all of it went well. */
async function work(): Promise<boolean> {
  const { code } = await endedWorker({ url: database.appUrl, args: ["--once"], env: storage() });
  expect(code).toBeLessThan(2);
  return code === 0;
}

async function banneton(...args: string[]): Promise<string> {
  const { appUrl: DATABASE_URL, ownerUrl: MIGRATE_DATABASE_URL } = database;
  const urls = { DATABASE_URL, MIGRATE_DATABASE_URL, ...storage() };
  const child = Bun.spawn([process.execPath, "src/cli/main.ts", ...args], {
    cwd: new URL("../../..", import.meta.url).pathname,
    env: { PATH: process.env["PATH"] ?? "", ...urls },
    stdout: "pipe",
  });
  return new Response(child.stdout).text();
}

// More than the importer writes to the books at once.
const tickets = 3_500;
const numberOf = (ticket: number) => `T${10_000 + ticket}`;
const poisoned = numberOf(tickets);

function tillFile(): string {
  const rows = Array.from({ length: tickets }, (_, index) => {
    const time = new Date(index * 10_000).toISOString().slice(11, 19);
    return `2026-10-05,${time},${numberOf(index + 1)},Rye,1,2.50`;
  });
  return ["date,time,ticket,article,quantity,price", ...rows, ""].join("\n");
}

async function sendExport(): Promise<{ id: string; siteId: string }> {
  const { siteId } = await bakery.openShop(web.client, {}, 0);
  const content = tillFile();
  const said = { purpose: "import", fileName: "sales.csv", contentType: "text/csv" };
  const options = { siteId, format: "till-export" };
  const body = { id: newId(), ...said, bytes: content.length, import: options };
  const { id, contentType } = await bakery.make(web.client, "/uploads", body);
  expect((await send(web, { id, contentType }, content)).status).toBe(200);
  return { id, siteId };
}

async function salesAt(siteId: string): Promise<number> {
  const text = "select count(*)::int as count from sales.sales where site_id = $1";
  return (await books.rows<{ count: number }>(text, [siteId]))[0]?.count ?? 0;
}

test("an import whose job is given up says so in words, and is brought in once when it is tried again", async () => {
  await books.rows(`create function sales.poison() returns trigger language plpgsql as
    $$ begin raise exception 'poison'; end $$`);
  await books.rows(`create trigger poison before insert on sales.sales for each row
    when (new.foreign_number = '${poisoned}') execute function sales.poison()`);
  const sent = [await sendExport(), await sendExport()];
  const [byApi = sent[0]!, byCommand = sent[1]!] = sent;
  const states = async () => Promise.all(sent.map(async ({ id }) => (await read(id)).importState));

  expect(await work()).toBe(false);
  expect(await states()).toEqual(["running", "running"]);
  const some = await salesAt(byApi.siteId);
  expect(some).toBeWithin(1, tickets);
  const giveUp = uploadJobs.find(({ name }) => name === "uploads.give-up")!;
  const lookForLost = async () => {
    await web.app.db.withTransaction((tx) => enqueue(tx, giveUp, {}));
    return work();
  };
  const change = (set: string) =>
    books.rows(`update pgboss.job_common set ${set} where name = $1 and state = 'retry'`, [
      importQueue.name,
    ]);
  await change("start_after = now() + interval '1 hour'");
  expect(await lookForLost()).toBe(true);
  expect(await states()).toEqual(["running", "running"]);

  await change("start_after = now(), retry_count = retry_limit");
  expect(await work()).toBe(false);
  expect(await lookForLost()).toBe(true);
  const failed = await read(byApi.id);
  expect(failed).toMatchObject({ state: "accepted", importState: "failed" });
  expect(failed.importProblem).toBe("uploads.import_gave_up");
  expect(failed.importMessage).toContain("could not bring in all of this file");
  expect(await states()).toEqual(["failed", "failed"]);
  expect(await salesAt(byApi.siteId)).toBe(some);

  await books.rows("drop trigger poison on sales.sales");
  // As after five weeks.
  await books.rows("delete from platform.idempotency");
  const retry = () => web.client.post(`/uploads/${byApi.id}/retry`, {});
  const asked = await Promise.all([retry(), retry()]);
  expect(asked.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(asked.find(({ status }) => status === 409)?.body.code).toBe("uploads.not_given_up");
  expect(await read(byApi.id)).toMatchObject({ importState: "waiting", importMessage: null });
  const letters = await banneton("jobs", "failed", importQueue.name);
  expect(letters.match(/ uploads\.import .* after \d+ tries/g)).toHaveLength(1);
  expect(await banneton("jobs", "redrive", importQueue.name)).toStartWith("1 job(s)");
  expect(await lookForLost()).toBe(true);
  for (const { id, siteId } of [byApi, byCommand]) {
    const done = await read(id);
    expect(done).toMatchObject({ importState: "done", importProblem: null, importMessage: null });
    const report = await bakery.read(web.client, `/imports/till-exports/${done.importId}`);
    expect(report).toMatchObject({ state: "done", ticketsCreated: tickets });
    expect(await salesAt(siteId)).toBe(tickets);
  }
  expect((await retry()).body.code).toBe("uploads.not_given_up");
  const deeds = "select action from audit.entries where subject_id = $1 order by seq";
  expect(await books.rows(deeds, [byApi.id])).toEqual([
    { action: "upload.accepted" },
    { action: "upload.retried" },
  ]);
}, 120_000);
