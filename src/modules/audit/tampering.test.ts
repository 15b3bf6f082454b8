import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { newId } from "#platform/id.ts";
import { recordDeeds, testCtx } from "../../../test/harness/deeds.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { sealAudit } from "./index.ts";

// What the owner of the database could do to hide a deed, and how verify names it. Six entries, 1 to
// 6, under three seals.
let database: TestDatabase;
let web: TestWeb;
let owner: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await recordDeeds(web.app, 6);
  await sealAudit(testCtx(web.app), { entriesMax: 2 });
  for (const table of ["entries", "seals"]) {
    await owner.query(`alter table audit.${table} disable trigger insert_only`);
    await owner.query(`create table audit.true_${table} as table audit.${table}`);
  }
});
afterEach(async () => {
  for (const table of ["entries", "seals"]) {
    await owner.query(`truncate audit.${table}`);
    await owner.query(`insert into audit.${table} table audit.true_${table}`);
  }
});
afterAll(async () => {
  await owner.end();
  await web.close();
  await database.drop();
});

const verify = async () => (await web.client.get("/stock/verify")).body;

async function brokenAfter(sql: string) {
  expect(await verify()).toMatchObject({ isSound: true, certificate: { auditSeals: 3 } });
  await owner.query(sql);
  const { isSound, certificate, broken } = await verify();
  expect([isSound, certificate]).toEqual([false, null]);
  return broken;
}

const second = { table: "audit.seals", id: "2" };
const misfit = { ...second, problem: "does not fit the entries 3 to 4" };
const miscount = { ...second, problem: "does not count the entries 3 to 4" };

describe("an entry", () => {
  test.each([
    ["before", `before = '{"price":"9.99"}'`],
    ["before, away", "before = null"],
    ["after", `after = '{"price":"9.99"}'`],
    ["after, by a space", `after = replace(after::text, ':', ': ')::json`],
    ["its action", "action = 'item.renamed'"],
    ["its subject", "subject_id = 'other'"],
    ["its kind of subject", "subject_kind = 'sale'"],
    ["its site", "site_id = '0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e'"],
    ["its actor", "actor_id = 'somebody'"],
    ["its kind of actor", "actor_kind = 'person'"],
    ["its credential", "credential_id = '0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e'"],
    ["its network", "network = '192.0.2.0/24'"],
    ["its trace", "trace_id = 'other'"],
    ["its time, by a microsecond", "recorded_at = recorded_at + interval '1 microsecond'"],
    ["its id", "id = '0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e'"],
  ])("that was changed in %s breaks its seal", async (_, change) => {
    expect(await brokenAfter(`update audit.entries set ${change} where seq = 3`)).toMatchObject(
      misfit,
    );
  });

  test("that is gone breaks its seal", async () => {
    const broken = await brokenAfter("delete from audit.entries where seq = 4");
    expect(broken).toMatchObject({ ...miscount, expected: "2", actual: "1" });
  });

  test("that was slipped in breaks the seal it would be under", async () => {
    const slip = `insert into audit.entries (id, seq, action, subject_kind, subject_id, actor_kind,
        actor_id, trace_id) values ('${newId()}', SEQ, 'item.renamed', 'item', 'x', 'key', 'x', 'x')`;
    await owner.query("drop index audit.entries_seq_key");
    expect(await brokenAfter(slip.replace("SEQ", "3"))).toMatchObject(miscount);
    await owner.query("delete from audit.entries where subject_id = 'x'");
    const broken = await brokenAfter(slip.replace("SEQ", "0"));
    expect(broken).toMatchObject({
      table: "audit.entries",
      problem: "stands before the first entry there can be",
    });
  });

  test("that changed places with another breaks their seal", async () => {
    const swap = `update audit.entries set seq = case seq when 3 then -4 else -3 end
        where seq in (3, 4);
      update audit.entries set seq = -seq where seq < 0`;
    expect(await brokenAfter(swap)).toMatchObject(misfit);
  });

  test("under another's seal breaks the first of the two", async () => {
    const swap = `update audit.entries set seq = case seq when 4 then -5 else -4 end
        where seq in (4, 5);
      update audit.entries set seq = -seq where seq < 0`;
    expect(await brokenAfter(swap)).toMatchObject(misfit);
  });
});

describe("a seal", () => {
  test("that is gone is missing", async () => {
    const gone = await brokenAfter("delete from audit.seals where number = 2");
    expect(gone).toMatchObject({ ...second, problem: "is missing" });
  });

  test("the first, too", async () => {
    const gone = await brokenAfter("delete from audit.seals where number = 1");
    expect(gone).toMatchObject({ id: "1", problem: "is missing" });
  });

  test("with another count is named", async () => {
    const broken = await brokenAfter("update audit.seals set count = 3 where number = 2");
    expect(broken).toMatchObject({ ...miscount, expected: "3", actual: "2" });
  });

  test("with another range is named", async () => {
    const meets = "does not begin where the one before ends";
    const from = await brokenAfter("update audit.seals set from_seq = 4 where number = 2");
    expect(from).toMatchObject({ ...second, problem: meets, expected: "3", actual: "4" });
    await owner.query("update audit.seals set from_seq = 3, to_seq = 5 where number = 2");
    expect((await verify()).broken).toMatchObject({ ...second, actual: "3" });
  });

  test("with another hash, or another link, is named", async () => {
    const hash = "'".concat("0".repeat(64), "'");
    const broken = await brokenAfter(`update audit.seals set hash = ${hash} where number = 2`);
    expect(broken).toMatchObject(misfit);
    await owner.query(`update audit.seals set hash = previous, previous = hash where number = 2`);
    expect((await verify()).broken).toMatchObject({
      ...second,
      problem: "is not linked to the one before",
    });
  });

  test("written anew for changed entries breaks the one after it", async () => {
    const anew = "8".repeat(64);
    await owner.query(`update audit.seals set hash = '${anew}' where number = 3`);
    await owner.query("update audit.entries set after = null where seq = 6");
    const found = (await verify()).broken.actual;
    // Whoever knows how can write the last seal anew: then only a certificate from before tells.
    await owner.query(`update audit.seals set hash = '${found}' where number = 3`);
    expect((await verify()).isSound).toBe(true);
    await owner.query("update audit.entries set after = null where seq = 3");
    const second = (await verify()).broken.actual;
    await owner.query(`update audit.seals set hash = '${second}' where number = 2`);
    expect((await verify()).broken).toMatchObject({
      id: "3",
      problem: "is not linked to the one before",
    });
  });
});

describe("the end of the chain", () => {
  test("cannot be cut off or rewritten without another certificate", async () => {
    const before = await verify();
    await owner.query("delete from audit.seals where number = 3");
    await owner.query("delete from audit.entries where seq > 4");
    const cut = await verify();
    expect([cut.isSound, cut.certificate.auditSeals]).toEqual([true, 2]);
    expect(cut.certificate.hash).not.toBe(before.certificate.hash);
  });
});

test("the books of one site are proved without the audit of the company", async () => {
  await owner.query("delete from audit.seals where number = 2");
  const answer = (await web.client.get(`/stock/verify?siteId=${newId()}`)).body;
  expect(answer).toMatchObject({ isSound: true, certificate: { auditSeals: 0, auditEntries: 0 } });
});
