import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as bakery from "../../../test/harness/bakery.ts";
import { emptyDatabase, type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb } from "../../../test/harness/web.ts";

const folder = mkdtempSync(join(tmpdir(), "banneton-export-"));
const archive = join(folder, "company.tar.gz");
let database: TestDatabase;
let other: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  other = await emptyDatabase();
  const web = openTestWeb(database.appUrl);
  const { siteId } = await bakery.openShop(web.client, { name: "Main street" });
  const itemId = await bakery.addItem(web.client, { name: "=Flour" });
  await bakery.receive(web.client, siteId, [{ itemId, quantity: "3", totalCost: "10.00" }]);
  await web.close();
});
afterAll(async () => {
  await database.drop();
  await other.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function banneton(on: TestDatabase, ...args: string[]) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../main.ts"), ...args], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: on.appUrl,
      MIGRATE_DATABASE_URL: on.ownerUrl,
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}

test("a company goes out with one command and comes back with one, with the same certificate", async () => {
  const exported = await banneton(database, "export", archive);
  expect([exported.err.includes("stock.movements: 1 rows"), exported.code]).toEqual([true, 0]);
  const verified = await banneton(database, "verify");
  const restored = await banneton(other, "import", archive);
  expect([restored.code, restored.out]).toEqual([0, verified.out]);
  expect(restored.out).toMatch(/Certificate [0-9a-f]{64}/);
  const again = await banneton(other, "import", archive);
  expect([again.code, again.err.includes("not empty")]).toEqual([1, true]);
}, 60_000);

test("a list goes out as NDJSON or CSV; what is no list is refused and writes nothing", async () => {
  const file = join(folder, "stock");
  expect(await banneton(database, "export", file, "--list", "stock")).toMatchObject({ code: 0 });
  expect(readFileSync(file, "utf8")).toEndWith('{"end":true,"count":1}\n');
  const csv = await banneton(database, "export", file, "--list", "items", "--csv");
  expect([csv.code, readFileSync(file, "utf8").includes(",'=Flour,")]).toEqual([0, true]);
  const wrong = await banneton(database, "export", join(folder, "no"), "--list", "nothing");
  expect([wrong.code, wrong.err.trim()]).toEqual([1, "nothing is no list of the API."]);
  const filter = await banneton(database, "export", join(folder, "no"), "--list", "stock?asOf=x");
  expect([filter.code, filter.err.includes("/query/asOf: ")]).toEqual([1, true]);
  expect(() => readFileSync(join(folder, "no"))).toThrow();
  const nowhere = await banneton(database, "export", join(folder, "a/b/c"));
  expect([nowhere.code, nowhere.err.includes("cannot be written")]).toEqual([1, true]);
}, 60_000);
