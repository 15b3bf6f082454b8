import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { sealAudit } from "#modules/audit/index.ts";
import { ArchiveError, restoreArchive } from "#platform/archive/restore.ts";
import { writeArchive } from "#platform/archive/write.ts";
import { statement } from "#platform/db.ts";
import { digestOf } from "./atomicity/digest.ts";
import * as bakery from "./harness/bakery.ts";
import { allCommands } from "./harness/commands.ts";
import { recordDeeds, testCtx } from "./harness/deeds.ts";
import { type Kitchen, openKitchen, unique } from "./harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "./harness/postgres.ts";
import { openTestWeb, type TestWeb } from "./harness/web.ts";

const now = new Date("2026-11-21T12:00:00Z");
let folder: string;
let file: string;
let origin: TestDatabase;
let web: TestWeb;
let kitchen: Kitchen;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "banneton-test-archive-"));
  file = join(folder, "company.tar.gz");
  origin = await testDatabase();
  web = openTestWeb(origin.appUrl);
  kitchen = await openKitchen(web.client);
  // One of everything that can be recorded, and a name that COPY must not trip over.
  for (const command of allCommands) {
    const { method, path, body, headers } = await command.prepare(await openKitchen(web.client));
    await web.client.ask(method, path, { body, headers });
  }
  const { siteId, tillId, flour: itemId } = kitchen;
  await bakery.sell(web.client, siteId, [{ itemId, quantity: "1" }], { tillId });
  await bakery.addItem(web.client, { name: unique("Tab\tbackslash\\N \u202e 🥐\u2028") });
  // Deeds under two seals, and one that waits for the next.
  await recordDeeds(web.app, 5);
  await sealAudit(testCtx(web.app), { entriesMax: 3 });
  await recordDeeds(web.app, 1);
  await writeArchive({ connectionString: origin.appUrl }, file, { now });
}, 120_000);

afterAll(async () => {
  await web.close();
  await origin.drop();
  await rm(folder, { recursive: true, force: true });
});

/** All that an archive holds: no jobs, and no files. */
async function companyOf({ app }: TestWeb): Promise<object> {
  const tables = Object.entries(await digestOf(app.db));
  const isLeft = (name: string) => name.startsWith("pgboss.") || name === "reports.exports";
  return Object.fromEntries(tables.filter(([name]) => !isLeft(name)));
}

/** What a test did to a copy of the archive, and what came of restoring that. */
async function restoreInto(database: TestDatabase, path = file): Promise<string> {
  try {
    await restoreArchive({ connectionString: database.ownerUrl }, path);
    return "restored";
  } catch (error) {
    expect(error).toBeInstanceOf(ArchiveError);
    return (error as Error).message;
  }
}

async function withDatabase(work: (database: TestDatabase) => Promise<void>): Promise<void> {
  const database = await testDatabase();
  try {
    await work(database);
  } finally {
    await database.drop();
  }
}

const verify = (of: TestWeb) => bakery.read(of.client, "/stock/verify");

test("a company restored from its archive is the same, row by row, and certifies the same", async () => {
  await withDatabase(async (database) => {
    expect(await restoreInto(database)).toBe("restored");
    const restored = openTestWeb(database.appUrl);
    expect(await companyOf(restored)).toEqual(await companyOf(web));
    const [here, there] = [await verify(web), await verify(restored)];
    expect(there.isSound).toBe(true);
    expect(there.certificate).toEqual(here.certificate);
    expect(there.certificate.auditSeals).toBeGreaterThan(1);
    // Life goes on where it was: numbers, order of recording, keys.
    const { siteId, tillId, flour } = kitchen;
    const lines = [{ itemId: flour, quantity: "1" }];
    const sale = await bakery.sell(restored.client, siteId, lines, { tillId });
    expect(sale.receiptNumber).toBe(2);
    // So does the audit: its chain does not depend on the server it was sealed on.
    await recordDeeds(restored.app, 2);
    const sealed = await sealAudit(testCtx(restored.app));
    expect(sealed).toMatchObject({ isComplete: true, seals: 1 });
    const after = await verify(restored);
    expect(after.isSound).toBe(true);
    expect(after.certificate.auditEntries).toBe(there.certificate.auditEntries + sealed.entries);
    await restored.close();
  });
}, 60_000);

test("an archive is of one moment, whatever is sold meanwhile", async () => {
  const { siteId, tillId, flour, client } = kitchen;
  const other = join(folder, "busy.tar.gz");
  let isDone = false;
  const selling = (async () => {
    while (!isDone) {
      await bakery.sell(client, siteId, [{ itemId: flour, quantity: "0.001" }], { tillId });
    }
  })();
  await writeArchive({ connectionString: origin.appUrl }, other, { now });
  isDone = true;
  await selling;
  await withDatabase(async (database) => {
    expect(await restoreInto(database, other)).toBe("restored");
    const restored = openTestWeb(database.appUrl);
    expect((await verify(restored)).isSound).toBe(true);
    await restored.close();
  });
}, 60_000);

test("a database with a company in it is left alone", async () => {
  const before = await digestOf(web.app.db);
  expect(await restoreInto(origin)).toContain("not empty");
  expect(await digestOf(web.app.db)).toEqual(before);
}, 60_000);

async function tampered(change: (tar: Buffer) => Buffer): Promise<string> {
  const path = join(folder, `${crypto.randomUUID()}.tar.gz`);
  await writeFile(path, gzipSync(change(gunzipSync(await readFile(file)))));
  return path;
}

const countOf = statement("", "select count(*) as n from sites.sites");

test("an archive that is cut, changed or none at all leaves the database empty", async () => {
  await withDatabase(async (database) => {
    const cut = join(folder, "cut.tar.gz");
    await writeFile(cut, (await readFile(file)).subarray(0, 20_000));
    const shorter = await tampered((tar) => tar.subarray(0, Math.floor(tar.length / 2)));
    const changed = await tampered((tar) => {
      const at = tar.lastIndexOf("Europe/Paris");
      tar.write("Europe/Pariz", at);
      return tar;
    });
    const none = join(folder, "none.tar.gz");
    await writeFile(none, "no archive");
    expect(await restoreInto(database, cut)).toContain("cannot be read to its end");
    expect(await restoreInto(database, shorter)).toMatch(/cannot be read|ends before/);
    expect(await restoreInto(database, changed)).toContain("not what the archive's manifest says");
    expect(await restoreInto(database, none)).toContain("cannot be read");
    const empty = openTestWeb(database.appUrl);
    expect(await empty.app.db.run<{ n: string }>(countOf)).toEqual([{ n: "0" }]);
    await empty.close();
  });
}, 60_000);
