import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
let folder: string;
let lot: string;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  folder = await mkdtemp(join(tmpdir(), "banneton-recall-"));
  const { siteId } = await bakery.openShop(web.client, { name: "Quay" });
  const itemId = await bakery.addItem(web.client, { name: "Rye flour" });
  await bakery.receive(web.client, siteId, [{ itemId, quantity: "7", totalCost: "7.00" }]);
  lot = (await bakery.layersOf(web.client, siteId, itemId))[0]?.lotId;
}, 60_000);
afterAll(async () => {
  await web.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function recall(...args: readonly string[]) {
  const { appUrl: DATABASE_URL, ownerUrl: MIGRATE_DATABASE_URL } = database;
  const env = {
    PATH: process.env["PATH"] ?? "",
    NO_COLOR: "1",
    DATABASE_URL,
    MIGRATE_DATABASE_URL,
  };
  const main = join(import.meta.dir, "../main.ts");
  const child = Bun.spawn([process.execPath, main, "recall", ...args], {
    cwd: folder,
    env,
    stderr: "pipe",
    stdout: "pipe",
  });
  const [out, said] = [new Response(child.stdout).text(), new Response(child.stderr).text()];
  return { out: await out, said: await said, code: await child.exited };
}

test("says what is where, and answers JSON and CSV alone on standard output", async () => {
  const { out, code } = await recall(lot);
  expect(code).toBe(0);
  expect(out).toMatch(/^Rye flour: 1 lots, 0 sales, [\d.]+ s\.\nThe mass balance is exact\./);
  expect(out).toContain("  7 kg of Rye flour at Quay, NOT HELD\n");
  const told = JSON.parse((await recall(lot, "--format", "json")).out);
  expect(told).toMatchObject({ lotId: lot, isHeld: false, isBalanced: true });
  const csv = (await recall(lot, "--format", "csv")).out;
  expect(csv.split("\r\n")[0]).toStartWith("what,lot,item");
  expect(csv).toContain("end,");
}, 60_000);

test("holds the lot if it is told to, and writes the page to a file", async () => {
  const held = await recall(lot, "--hold", "Glass", "--format", "html", "--out", "page.html");
  expect([held.code, held.out]).toEqual([0, ""]);
  expect(held.said).toContain("The recall is in page.html");
  expect(await readFile(join(folder, "page.html"), "utf8")).toContain("<h1>Rye flour</h1>");
  expect(await bakery.read(web.client, `/stock/lots/${lot}`)).toMatchObject({ isHeld: true });
}, 60_000);

test("refuses in one sentence what is no lot, and a file it cannot write", async () => {
  for (const args of [["x"], [newId()], [lot, "--out", "no/such/folder"]]) {
    const { said, code } = await recall(...args);
    expect([said.trim().split("\n").length, code]).toEqual([1, 1]);
  }
}, 60_000);
