import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkCopies, keepEvent, sendMissing } from "#modules/audit/index.ts";
import type { AuditEntry } from "#modules/audit/model.ts";
import { statement } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import { developmentTokens } from "#platform/identity-folder.ts";
import { drawFrom, until } from "../faults/schedule.ts";
import * as bakery from "../harness/bakery.ts";
import { type FunctionProcess, startFunction } from "../harness/function-process.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { systemCtx } from "../harness/reports.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import { startWorkerProcess } from "../harness/worker-process.ts";

let database: TestDatabase;
let bench: TestWeb;
let running: FunctionProcess;
const folder = mkdtempSync(join(tmpdir(), "banneton-audit-"));
const storageUrl = `file://${folder}/storage`;
const objects = join(folder, "storage/objects");
const tokens = developmentTokens(join(folder, "identity"), () => new Date());

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl);
  running = await startFunction("auditEvent", { databaseUrl: database.appUrl, folder });
}, 60_000);

afterAll(async () => {
  await running.kill();
  await bench.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** So many entries that nobody has copied: each a category that is added. */
async function entriesOf(count: number): Promise<AuditEntry[]> {
  for (let made = 0; made < count; made++) await bakery.addCategory(bench.client, "fifo");
  const entries: AuditEntry[] = [];
  for (let cursor = ""; entries.length < count; ) {
    const page = await bakery.read(bench.client, `/audit?action=category.added&limit=200${cursor}`);
    entries.push(...page.data);
    cursor = `&cursor=${page.next}`;
  }
  return entries.slice(0, count);
}

type Body = Record<string, unknown>;

const attributesOf = (entry: AuditEntry) => ({
  id: entry.id,
  source: "https://bread.example",
  type: `banneton.${entry.action}`,
  time: entry.recordedAt,
});

async function structured(entry: AuditEntry, changes: Body = {}, url = running.url) {
  const event = {
    specversion: "1.0",
    ...attributesOf(entry),
    datacontenttype: "application/json",
    data: entry,
    ...changes,
  };
  return post(JSON.stringify(event), { "content-type": "application/cloudevents+json" }, url);
}

async function binary(entry: AuditEntry, headers: Record<string, string> = {}) {
  const attributes = Object.entries({ specversion: "1.0", ...attributesOf(entry) });
  const ce = Object.fromEntries(attributes.map(([name, value]) => [`ce-${name}`, value]));
  const json = { "content-type": "application/json" };
  return post(JSON.stringify(entry), { ...json, ...ce, ...headers }, running.url);
}

async function post(body: string, headers: Record<string, string>, url: string) {
  const authorization = `Bearer ${await tokens(running.url)}`;
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { authorization, ...headers },
  });
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, body: isJson ? await response.json() : undefined };
}

const copyRows = statement(
  "test_audit_copies",
  'select entry_id as "entryId", object from audit.copies order by entry_id',
);

const rows = () => bench.app.db.run<{ entryId: string; object: string }>(copyRows);

function files(): string[] {
  try {
    return readdirSync(objects, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(objects.length + 1))
      .sort();
  } catch {
    return [];
  }
}

async function expectOneEach(ids: readonly string[]): Promise<void> {
  const found = (await rows()).filter(({ entryId }) => ids.includes(entryId));
  expect(found.map(({ entryId }) => entryId).sort()).toEqual([...ids].sort());
  const lying = files().filter((path) => ids.some((id) => path.endsWith(`${id}.json`)));
  expect(lying).toEqual(found.map(({ object }) => object).sort());
}

describe("an event is kept", () => {
  test("in either mode: a line under its day, and a row that says where", async () => {
    const [first, second] = await entriesOf(2);
    expect((await structured(first!)).status).toBe(204);
    expect((await binary(second!)).status).toBe(204);
    await expectOneEach([first!.id, second!.id]);
    const day = first!.recordedAt.slice(0, 10).replaceAll("-", "/");
    const line = readFileSync(join(objects, `audit/${day}/${first!.id}.json`), "utf8");
    expect(line).toEndWith("\n");
    expect(JSON.parse(line)).toEqual(first!);
  });

  test("once, of a thousand that come doubled and in no order", async () => {
    const entries = await entriesOf(500);
    const draw = drawFrom("audit-shuffle");
    const twice = [...entries, ...entries]
      .map((entry) => ({ entry, at: draw.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ entry }) => entry);
    const answers: number[] = [];
    const lanes = Array.from({ length: 12 }, async () => {
      for (let next = twice.pop(); next !== undefined; next = twice.pop()) {
        answers.push((await structured(next)).status);
      }
    });
    await Promise.all(lanes);
    expect(answers).toHaveLength(1_000);
    expect(new Set(answers)).toEqual(new Set([204]));
    await expectOneEach(entries.map(({ id }) => id));
  }, 120_000);

  test("once, when the function is killed in the middle and all is sent again", async () => {
    const entries = await entriesOf(60);
    const draw = drawFrom("audit-killed");
    const other = await startFunction("auditEvent", {
      databaseUrl: database.appUrl,
      folder,
      env: { FUNCTION_AUDIENCE: running.url },
    });
    const answered = { count: 0 };
    const sending = entries.map(async (entry) => {
      const answer = await structured(entry, {}, other.url).catch(() => undefined);
      if (answer?.status === 204) answered.count += 1;
    });
    const killAt = draw.between(1, 40);
    await until("some are kept", async () => answered.count >= killAt);
    await other.kill();
    await Promise.all(sending);
    for (const { object } of await rows()) expect(files()).toContain(object);
    for (const entry of entries) expect((await structured(entry)).status).toBe(204);
    await expectOneEach(entries.map(({ id }) => id));
  }, 60_000);
});

describe("what is refused leaves no trace", () => {
  test("422, 404 and 409 say what is wrong", async () => {
    const [entry] = await entriesOf(1);
    const before = { rows: await rows(), files: files() };
    const cases: [Body, number, string][] = [
      [{ type: "google.cloud.pubsub.topic.v1.messagePublished" }, 422, "audit.event_unknown"],
      [{ type: "banneton.item.price_changed" }, 422, "audit.event_wrong"],
      [{ id: newId() }, 422, "audit.event_wrong"],
      [{ data: { ...entry, action: 7 } }, 422, "audit.event_wrong"],
      [{ data: { ...entry, more: "x" } }, 422, "audit.event_wrong"],
      [{ data: "text" }, 422, "audit.event_wrong"],
      [{ data: undefined }, 422, "audit.event_wrong"],
      [{ data: { ...entry, actorId: "somebody-else" } }, 409, "audit.copy_differs"],
      [{ specversion: "7" }, 422, "event.malformed"],
      [{ source: undefined }, 422, "event.malformed"],
    ];
    for (const [changes, status, code] of cases) {
      const answer = await structured(entry!, changes);
      expect([answer.status, answer.body.code], JSON.stringify(changes)).toEqual([status, code]);
    }
    const id = newId();
    const unknown = await structured({ ...entry!, id });
    expect([unknown.status, unknown.body.code]).toEqual([404, "audit.entry_not_found"]);
    const wrong = await structured(entry!, { data: { ...entry, seq: "x" } });
    expect(wrong.body.errors).toContainEqual(expect.objectContaining({ pointer: "/data/seq" }));
    expect({ rows: await rows(), files: files() }).toEqual(before);
  });

  test("so do bodies that are no event, and tokens that are none of ours", async () => {
    const [entry] = await entriesOf(1);
    const before = { rows: await rows(), files: files() };
    const json = { "content-type": "application/cloudevents+json" };
    for (const body of ["", "{", "[]", "null", '"x"', "x".repeat(900_000)]) {
      const answer = await post(body, json, running.url);
      expect([400, 422]).toContain(answer.status);
    }
    const good = await tokens(running.url);
    const [head, payload, signature] = good.split(".");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    const forged = [
      "",
      "Bearer",
      `Bearer ${head}.${payload}.`,
      `Bearer ${none}.${payload}.`,
      `Bearer ${head}.${payload}.SIGNATURE_REMOVED_BY_GOOGLE`,
      `Bearer ${head}.${payload}.${[...(signature ?? "")].reverse().join("")}`,
      `Bearer ${await tokens(`${running.url}other`)}`,
      `Bearer ${await developmentTokens(join(folder, "identity"), () => new Date(0))(running.url)}`,
      `Bearer ${await developmentTokens(join(folder, "stranger"), () => new Date())(running.url)}`,
    ];
    for (const authorization of forged) {
      expect((await binary(entry!, { authorization })).status).toBe(401);
    }
    expect({ rows: await rows(), files: files() }).toEqual(before);
  });
});

test("what is recorded reaches the function through the worker, also when that was down", async () => {
  const gone = await startFunction("auditEvent", { databaseUrl: database.appUrl, folder });
  const env = {
    STORAGE_URL: storageUrl,
    AUDIT_EVENT_URL: running.url,
    ID_TOKEN_FOLDER: join(folder, "identity"),
  };
  await gone.kill();
  const worker = await startWorkerProcess(database.appUrl, {
    env: { ...env, AUDIT_EVENT_URL: gone.url },
  });
  const [entry] = await entriesOf(1);
  await until("it was tried in vain", () => worker.output().includes("auditEvent did not answer"));
  expect((await rows()).some(({ entryId }) => entryId === entry?.id)).toBe(false);
  await worker.stop();
  const again = await startWorkerProcess(database.appUrl, { env });
  await until("its copy is there", async () =>
    (await rows()).some(({ entryId }) => entryId === entry?.id),
  );
  expect(await again.stop()).toBe(0);
}, 60_000);

describe("copies are held to the books", () => {
  test("what has none is sent, and one that was changed is found", async () => {
    await entriesOf(3);
    const { auditStorage: storage } = openTestWeb(database.appUrl, {
      config: {
        services: {
          storageUrl: `file://${folder}/uploads`,
          auditStorageUrl: storageUrl,
          functionUrls: {},
          identityFolder: undefined,
        },
      },
    }).app;
    const ctx = { ...systemCtx(bench), app: { ...bench.app, auditStorage: storage } };
    await sendMissing(ctx, () => {});
    expect(await checkCopies(ctx, { isRead: true })).toMatchObject({ missing: 0, broken: null });
    const [victim] = (await rows()).slice(-1);
    await storage!.put(victim!.object, new TextEncoder().encode("{}\n"), {
      contentType: "application/json",
      bytesMax: 100,
    });
    const { broken } = await checkCopies(ctx, { isRead: true });
    expect(broken).toEqual({ entryId: victim!.entryId, problem: "was changed where it lies" });
    const page = await bakery.read(bench.client, `/audit/${victim!.entryId}`);
    const event = { ...attributesOf(page), subject: undefined, data: page };
    await expect(keepEvent(ctx, event)).rejects.toMatchObject({ code: "audit.copy_differs" });
    await storage!.delete(victim!.object);
    const lost = (await checkCopies(ctx, { isRead: true })).broken;
    expect(lost?.problem).toBe("has lost its object");
  });
});
