import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { statement } from "#platform/db.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl, { now: () => new Date("2026-06-01T10:00:00Z") });
  folder = await mkdtemp(join(tmpdir(), "banneton-reports-"));
  const gift = { kind: "product", stocking: "none", unit: "piece" };
  const itemId = await bakery.addItem(web.client, gift);
  for (const name of ["Quay", "Mill Lane"]) {
    const { siteId } = await bakery.openShop(web.client, { name });
    await bakery.sell(web.client, siteId, [{ itemId, quantity: "1" }]);
  }
}, 60_000);

afterAll(async () => {
  await web.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function rebuild(...args: readonly string[]) {
  const { appUrl: DATABASE_URL, ownerUrl: MIGRATE_DATABASE_URL } = database;
  const env = {
    PATH: process.env["PATH"] ?? "",
    NO_COLOR: "1",
    DATABASE_URL,
    MIGRATE_DATABASE_URL,
  };
  const main = join(import.meta.dir, "../main.ts");
  const child = Bun.spawn([process.execPath, main, "reports", "rebuild", ...args], {
    cwd: folder,
    env,
    stderr: "pipe",
    stdout: "pipe",
  });
  return { said: await new Response(child.stderr).text(), code: await child.exited };
}

const countDays = statement("test_report_days", "select from reports.days");

test("computes the days of one site or of all, and says how many", async () => {
  // A web without Redis keeps its answers for some seconds, whatever another process does.
  const days = async () => (await web.app.db.run(countDays)).length;
  const none = await rebuild("--site", "Quay", "--from", "2026-06-02");
  expect([none.code, none.said]).toEqual([0, expect.stringMatching(/^Computed 0 days in/)]);
  expect((await rebuild("--site", "quay")).said).toMatch(/^Computed 1 days in [\d.]+ s\.\n$/);
  expect(await days()).toBe(1);
  expect((await rebuild()).said).toMatch(/^Computed 2 days in/);
  expect(await days()).toBe(2);
}, 60_000);

test("refuses in one sentence a site that is not there and a day that does not exist", async () => {
  for (const args of [
    ["--site", "Nowhere"],
    ["--from", "2026-02-30"],
    ["--to", "yesterday"],
  ]) {
    const { said, code } = await rebuild(...args);
    expect([said.trim().split("\n").length, code]).toEqual([1, 1]);
  }
}, 60_000);
