import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import pg from "pg";
import { newId } from "#platform/id.ts";
import { recordDeeds, testCtx } from "../../../test/harness/deeds.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { recordDeed, sealAudit, verifyAudit } from "./index.ts";

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

const deed = { action: "item.price_changed", subject: { kind: "item", id: newId() } };
const seal = (options = {}) => sealAudit(testCtx(web.app), options);
const verify = () => web.app.db.withSnapshot(verifyAudit);
const listSeals = async () => (await web.client.get("/audit/seals?limit=200")).body.data;

/** A writer that has recorded its deed and has not ended; `end` lets it. */
async function openWriter() {
  let end = () => {};
  const ending = new Promise<void>((done) => {
    end = done;
  });
  let recorded = () => {};
  const isRecorded = new Promise<void>((done) => {
    recorded = done;
  });
  const ended = web.app.db.withTransaction(async (tx) => {
    await recordDeed(tx, testCtx(web.app), deed);
    recorded();
    await ending;
  });
  await isRecorded;
  return {
    async end() {
      end();
      await ended;
    },
  };
}

describe("a seal", () => {
  test("is SHA-256 over the hash before and the canonical line of each entry, as documented", async () => {
    await recordDeeds(web.app, 3);
    await seal();
    const [{ hash, previous, count, fromSeq, toSeq }] = await listSeals();
    const { data } = (await web.client.get("/audit")).body;
    const lines = data
      .toReversed()
      .map((entry: Record<string, unknown>) =>
        JSON.stringify([
          ...[entry["seq"], entry["id"], entry["action"], entry["subjectKind"], entry["subjectId"]],
          ...[entry["siteId"], entry["actorKind"], entry["actorId"], entry["credentialId"]],
          ...[entry["network"], entry["traceId"]],
          ...[JSON.stringify(entry["before"]), JSON.stringify(entry["after"])],
          entry["recordedAt"],
        ]),
      );
    const text = [previous, ...lines].map((line) => `${line}\n`).join("");
    expect(hash).toBe(createHash("sha256").update(text).digest("hex"));
    expect([previous, count, fromSeq]).toEqual(["0".repeat(64), 3, "1"]);
    expect(toSeq).toBe(data[0].seq);
  });

  test("covers so many entries at most; the next begins where it ends", async () => {
    await recordDeeds(web.app, 5);
    expect(await seal({ entriesMax: 2 })).toEqual({ seals: 3, entries: 5, isComplete: true });
    const [third, second, first] = await listSeals();
    expect([first.count, second.count, third.count]).toEqual([2, 2, 1]);
    expect(Number(second.fromSeq)).toBe(Number(first.toSeq) + 1);
    expect(await verify()).toMatchObject({ broken: null });
  });

  test("is not made of nothing", async () => {
    await seal();
    const before = await listSeals();
    expect(await seal()).toEqual({ seals: 0, entries: 0, isComplete: true });
    expect(await listSeals()).toEqual(before);
  });

  test("counts the entries that are there: a transaction rolled back leaves a gap, no entry", async () => {
    await seal();
    await recordDeeds(web.app, 1);
    const undone = web.app.db.withTransaction(async (tx) => {
      await recordDeed(tx, testCtx(web.app), deed);
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    await recordDeeds(web.app, 1);
    expect(await seal()).toEqual({ seals: 1, entries: 2, isComplete: true });
    const [{ fromSeq, toSeq }] = await listSeals();
    expect(Number(toSeq) - Number(fromSeq)).toBe(2);
    expect(await verify()).toMatchObject({ broken: null });
  });
});

describe("whoever is still writing", () => {
  test("has the lock before drawing its place: while it waits for the lock nothing is drawn", async () => {
    const place = "select last_value::text as last from audit.entry_order";
    const before = (await owner.query(place)).rows;
    await owner.query("select pg_advisory_lock(1635083369, 1)");
    const writing = recordDeeds(web.app, 1);
    const waiting = "select from pg_locks where locktype = 'advisory' and not granted";
    while ((await owner.query(waiting)).rows.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await owner.query(place)).rows).toEqual(before);
    await owner.query("select pg_advisory_unlock(1635083369, 1)");
    await writing;
    expect((await owner.query(place)).rows).not.toEqual(before);
  });

  test("is given way to: nothing is sealed past it, and nobody else waits", async () => {
    await seal();
    const before = await listSeals();
    const writer = await openWriter();
    await recordDeeds(web.app, 1);
    expect(await seal({ looksMax: 3 })).toEqual({ seals: 0, entries: 0, isComplete: false });
    expect(await listSeals()).toEqual(before);
    await recordDeeds(web.app, 1);
    await writer.end();
    expect(await seal()).toEqual({ seals: 1, entries: 3, isComplete: true });
    expect(await verify()).toMatchObject({ broken: null });
  });

  test("is waited for, and what it wrote first and committed last is sealed in its place", async () => {
    await seal();
    const writer = await openWriter();
    await recordDeeds(web.app, 1);
    const sealing = seal({ looksMax: 1_000 });
    await writer.end();
    expect(await sealing).toEqual({ seals: 1, entries: 2, isComplete: true });
    expect(await verify()).toMatchObject({ broken: null });
  });
});

test("two sealers at once seal nothing twice: one gives way", async () => {
  await seal();
  await recordDeeds(web.app, 20);
  const sealings = await Promise.all([1, 2, 3, 4].map(() => seal({ entriesMax: 3 })));
  const entries = sealings.reduce((sum, sealing) => sum + sealing.entries, 0);
  expect(entries + (await seal()).entries).toBe(20);
  expect(await verify()).toMatchObject({ broken: null });
});

test("verify looks at the seals only: what is not sealed yet breaks nothing", async () => {
  await seal();
  const before = await verify();
  await recordDeeds(web.app, 2);
  expect(await verify()).toEqual(before);
});
