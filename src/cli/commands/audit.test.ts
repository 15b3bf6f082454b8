import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import pg from "pg";
import { recordDeeds } from "../../../test/harness/deeds.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
let owner: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await web.close();
  await database.drop();
});

async function banneton(...args: string[]) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../main.ts"), ...args], {
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: database.appUrl,
      MIGRATE_DATABASE_URL: database.ownerUrl,
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

test("audit seal seals what is new, and once", async () => {
  await recordDeeds(web.app, 3);
  const sealed = await banneton("audit", "seal");
  expect(sealed).toMatchObject({ code: 0, out: "Sealed 3 entries under 1 seals.\n" });
  expect((await banneton("audit", "seal")).out).toBe("Sealed 0 entries under 0 seals.\n");
});

test("verify seals what is left, certifies the audit with the books, and names what was changed in it", async () => {
  await recordDeeds(web.app, 2);
  const verified = await banneton("verify");
  expect([verified.code, verified.err.trim()]).toEqual([0, ""]);
  expect(verified.out).toContain("2 auditSeals, 5 auditEntries");
  await owner.query("alter table audit.entries disable trigger insert_only");
  await owner.query("delete from audit.entries where seq = 2");
  const broken = await banneton("verify");
  expect(broken.code).toBe(1);
  expect(broken.err).toContain(
    "audit.seals 1: does not count the entries 1 to 3 (expected 3, found 2)",
  );
}, 60_000);
