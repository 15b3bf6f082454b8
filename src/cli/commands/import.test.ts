import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as bakery from "../../../test/harness/bakery.ts";
import { croissantFile } from "../../../test/harness/bakery-data.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb } from "../../../test/harness/web.ts";

const folder = mkdtempSync(join(tmpdir(), "banneton-import-"));
const file = join(folder, "bakery_data.json");
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  const web = openTestWeb(database.appUrl);
  await bakery.openShop(web.client, { name: "Main street" });
  await web.close();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function banneton(...args: string[]) {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "../main.ts"), "import", ...args],
    {
      cwd: folder,
      env: {
        PATH: process.env["PATH"] ?? "",
        DATABASE_URL: database.appUrl,
        MIGRATE_DATABASE_URL: database.ownerUrl,
      },
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}

test("a file is tried, brought in and brought in again, at a site by its name", async () => {
  const text = JSON.stringify({ ...croissantFile(""), version: 1 });
  writeFileSync(file, text.replace('"quantity":10,', '"quantity":NaN,'));
  const tried = await banneton(file, "--site", "main STREET", "--dry-run");
  expect(tried.out).toContain("Nothing was written");
  expect(tried.out).toContain("/sales/0/quantity [imports.not_a_number]");
  const done = await banneton(file, "--site", "Main street", "--json");
  expect(done.code).toBe(0);
  expect(JSON.parse(done.out).report).toMatchObject({
    lots: { created: 5 },
    sales: { created: 1, skipped: 1 },
  });
  const again = await banneton(file, "--site", "Main street");
  expect(again.out).toMatch(/lots\s+0 new, 0 matched, 5 unchanged/);
});

test("a file that is none and a site that is none are refused in a sentence", async () => {
  expect(await banneton(file, "--site", "Nowhere")).toMatchObject({ code: 1, out: "" });
  writeFileSync(file, `${"[".repeat(50)}${"]".repeat(50)}`);
  const deep = await banneton(file, "--site", "Main street");
  expect(deep).toMatchObject({ code: 1, out: "" });
  expect(deep.err).toContain("is not a JSON object");
  const missing = await banneton(join(folder, "none.json"), "--site", "Main street");
  expect(missing.err).toContain("cannot be read");
});
