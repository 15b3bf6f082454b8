import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { testClient } from "../../../test/harness/client.ts";
import { recordDeeds, testCtx } from "../../../test/harness/deeds.ts";
import { insertKey, testActor } from "../../../test/harness/key.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { recordDeed, sealAudit } from "./index.ts";

let database: TestDatabase;
let web: TestWeb;
const siteId = newId();
const itemId = newId();
const actor = { kind: "key", id: testActor, scope: testActor, grants: [] } as const;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  const { app } = web;
  await recordDeeds(app, 2, { subject: { kind: "item", id: itemId } }, { actor });
  // More than nine, so that the order of numbers is not that of their digits.
  await recordDeeds(app, 9, {}, { actor });
  await recordDeeds(app, 1, { subject: { kind: "sale", id: newId() }, siteId }, { actor });
  await recordDeeds(app, 2, {
    action: "person.role_changed",
    subject: { kind: "person", id: "x" },
  });
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

const audit = async (query = "") => (await web.client.get(`/audit${query}`)).body;
const seqs = async (query: string) =>
  (await audit(query)).data.map(({ seq }: { seq: string }) => seq);

describe("200", () => {
  test("an entry says who did what to which record, from where, when, before and after", async () => {
    const address = "203.0.113.77";
    const credentialId = newId();
    const traceId = "0".repeat(32);
    const id = newId();
    const given = { actor: { ...actor, credentialId }, address, traceId };
    await recordDeeds(web.app, 1, { subject: { kind: "item", id }, siteId }, given);
    const { data } = await audit(`?subjectId=${id}`);
    expect(data).toEqual([
      {
        id: expect.any(String),
        seq: expect.stringMatching(/^\d+$/),
        action: "item.price_changed",
        subjectKind: "item",
        subjectId: id,
        siteId,
        actorKind: "key",
        actorId: testActor,
        credentialId,
        network: "203.0.113.0/24",
        traceId,
        before: { price: "1.20" },
        after: { price: "1.50" },
        recordedAt: expect.stringMatching(/Z$/),
      },
    ]);
    expect((await web.client.get(`/audit/${data[0].id}`)).body).toEqual(data[0]);
  });

  test("newest first, page by page, none twice and none left out", async () => {
    const all = await seqs("?limit=200");
    expect(all).toEqual(all.toSorted((a: string, b: string) => Number(b) - Number(a)));
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await audit(`?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
      seen.push(...page.data.map(({ seq }: { seq: string }) => seq));
      cursor = page.next ?? "";
    } while (cursor !== "");
    expect(seen).toEqual(all);
  });

  test("each filter shows its own entries only, and they add up", async () => {
    expect(await seqs(`?subjectId=${itemId}`)).toHaveLength(2);
    expect(await seqs(`?subjectKind=item&subjectId=${itemId}`)).toHaveLength(2);
    expect(await seqs(`?subjectKind=sale&subjectId=${itemId}`)).toEqual([]);
    expect(await seqs("?subjectKind=sale")).toHaveLength(1);
    expect(await seqs("?actorId=system")).toHaveLength(2);
    expect(await seqs("?action=person.role_changed")).toEqual(await seqs("?actorId=system"));
    expect(await seqs(`?siteId=${siteId}&subjectKind=sale`)).toHaveLength(1);
    expect(await seqs(`?siteId=${newId()}`)).toEqual([]);
  });

  test("from is inclusive, to is not", async () => {
    const { data } = await audit("?limit=200");
    const { recordedAt: at, seq } = data[2];
    expect((await seqs(`?limit=200&from=${at}`)).at(-1)).toBe(seq);
    expect((await seqs(`?limit=200&to=${at}`))[0]).toBe(data[3].seq);
    expect(await seqs(`?from=${at}&to=${at}`)).toEqual([]);
  });

  test("a window is read page by page as well; its cursor is of no other list", async () => {
    const { data } = await audit("?limit=200");
    const [from, to] = [data.at(-2).recordedAt, data[1].recordedAt];
    const inside = data.slice(2, -1).map(({ seq }: { seq: string }) => seq);
    const seen: string[] = [];
    let cursor = "";
    do {
      const next = cursor === "" ? "" : `&cursor=${cursor}`;
      const page = await audit(`?limit=3&from=${from}&to=${to}${next}`);
      seen.push(...page.data.map(({ seq }: { seq: string }) => seq));
      cursor = page.next ?? "";
    } while (cursor !== "");
    expect(seen).toEqual(inside);
    const { next } = await audit(`?limit=1&from=${from}`);
    expect((await web.client.get(`/audit?cursor=${next}`)).status).toBe(422);
  });

  test("as NDJSON and as CSV it is whole, with what changed", async () => {
    const path = `//api/v1/audit?subjectId=${itemId}`;
    const ndjson = await web.client.get(path, { accept: "application/x-ndjson" });
    expect(String(ndjson.body).trimEnd().split("\n").at(-1)).toBe('{"end":true,"count":2}');
    const csv = await web.client.get(path, { accept: "text/csv" });
    const [head, first, , end] = String(csv.body).split("\r\n");
    expect(head?.split(",").slice(0, 3)).toEqual(["seq", "id", "action"]);
    expect(first).toContain('"{""price"":""2.20""}","{""price"":""2.50""}"');
    expect(end).toBe("# end: 2 records");
  });

  test("seals are listed newest first, each linked to the one before", async () => {
    await sealAudit(testCtx(web.app), { entriesMax: 2 });
    const first = (await web.client.get("/audit/seals?limit=1")).body;
    const rest = (await web.client.get(`/audit/seals?cursor=${first.next}`)).body;
    const seals = [...first.data, ...rest.data];
    expect(seals.length).toBeGreaterThan(2);
    for (const [index, seal] of seals.entries()) {
      expect(seal.number).toBe(seals.length - index);
      expect(seal.previous).toBe(seals[index + 1]?.hash ?? "0".repeat(64));
    }
  });
});

test("401: a guest reads nothing of it", async () => {
  const guest = testClient(web.web, {});
  for (const path of ["/audit", "/audit/seals", `/audit/${newId()}`]) {
    expect((await guest.get(path)).status).toBe(401);
  }
});

test("403: who may read it at one site only, or reads all else, reads nothing of it", async () => {
  const atOneSite = await insertKey(
    database.ownerUrl,
    newId(),
    undefined,
    ["audit.read"],
    [siteId],
  );
  const allElse = await insertKey(database.ownerUrl, newId(), undefined, ["accounts.read"]);
  const entryId = (await audit("?limit=1")).data[0].id;
  for (const key of [atOneSite, allElse]) {
    const client = testClient(web.web, { authorization: `Bearer ${key}` });
    for (const path of ["/audit", "/audit/seals", `/audit/${entryId}`, `/audit/${newId()}`]) {
      expect((await client.get(path)).status).toBe(403);
    }
  }
});

test("404: an entry that is not there", async () => {
  const missing = await web.client.get(`/audit/${newId()}`);
  expect([missing.status, missing.body.code]).toEqual([404, "audit.entry_not_found"]);
  expect((await web.client.get("/audit/nothing")).status).toBe(404);
});

test("422: a filter of the wrong form, a filter there is not, a cursor of another list", async () => {
  const cursor = Buffer.from(JSON.stringify(["x"])).toString("base64url");
  for (const query of ["siteId=x", "from=yesterday", "of=x", "subjectId=", `cursor=${cursor}`]) {
    expect([query, (await web.client.get(`/audit?${query}`)).status]).toEqual([query, 422]);
  }
});

describe("a deed that could hold somebody's data", () => {
  const deed = { action: "item.price_changed", subject: { kind: "item", id: newId() } };
  const record = (change: object) =>
    web.app.db.withTransaction((tx) => recordDeed(tx, testCtx(web.app), { ...deed, ...change }));

  test("fails as a bug, and writes nothing", async () => {
    const before = await seqs("?limit=200");
    for (const change of [
      { before: { email: "anna@example.com" } },
      { after: { name: "Anna" } },
      { after: { role: "Anna Baker" } },
      { subject: { kind: "person", id: "anna@example.com" } },
    ]) {
      await expect(record(change)).rejects.toThrow("Invariant broken");
    }
    expect(await seqs("?limit=200")).toEqual(before);
  });

  test("an action is a noun and what was done to it", async () => {
    await expect(record({ action: "Anna did it" })).rejects.toThrow("entries_action_form");
  });
});
