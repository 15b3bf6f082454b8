import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import sharp from "sharp";
import { parseWebConfig } from "#platform/config.ts";
import { newId } from "#platform/id.ts";
import { drawFrom, until } from "../faults/schedule.ts";
import * as bakery from "../harness/bakery.ts";
import { type FunctionProcess, startFunction } from "../harness/function-process.ts";
import { testCredentials } from "../harness/key.ts";
import { png, turnedJpeg } from "../harness/pictures.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { objectNameOf, send } from "../harness/uploads.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import {
  binaryMode,
  type EventRequest,
  otherEvents,
  publishedEvent,
  storageEvent,
  structuredMode,
} from "./storage-events.ts";

let database: TestDatabase;
let web: TestWeb;
let running: FunctionProcess;
let books: pg.Client;
let itemId: string;
const folder = mkdtempSync(join(tmpdir(), "banneton-uploads-"));

beforeAll(async () => {
  database = await testDatabase();
  const env = { DATABASE_URL: database.appUrl, STORAGE_URL: `file://${folder}/storage` };
  web = openTestWeb(database.appUrl, { config: { services: parseWebConfig(env).services } });
  running = await startFunction("uploadFinalized", { databaseUrl: database.appUrl, folder });
  books = new pg.Client({ connectionString: database.ownerUrl });
  await books.connect();
  itemId = await bakery.addItem(web.client);
}, 60_000);

afterAll(async () => {
  await running.kill();
  await books.end();
  await web.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** An announced picture whose content is there; nobody has looked at it. */
async function arrived(content: Uint8Array, fields: object = {}) {
  const id = newId();
  const { status, body } = await web.client.post("/uploads", {
    ...{ id, purpose: "product_picture", fileName: "loaf.png", contentType: "image/png" },
    ...{ bytes: content.byteLength, attachTo: { itemId } },
    ...fields,
  });
  expect([status, body.state]).toEqual([201, "waiting"]);
  expect((await send(web, body, content)).body.state).toBe("received");
  return { id, name: await objectNameOf(web, id) };
}

async function call({ headers, body }: EventRequest, token?: string): Promise<Response> {
  const authorization = `Bearer ${token ?? (await running.token())}`;
  return fetch(running.url, { method: "POST", headers: { ...headers, authorization }, body });
}

const read = async (id: string) => (await web.client.get(`/uploads/${id}`)).body;

async function traces(): Promise<string> {
  const { rows } = await books.query(
    `select (select json_agg(u order by id) from uploads.uploads u) as uploads,
       (select count(*) from audit.entries) as deeds, (select count(*) from pgboss.job) as jobs`,
  );
  return JSON.stringify(rows);
}

describe("an object that has arrived is decided by what it is", () => {
  const forms = {
    "Storage, binary": (name: string) => binaryMode(storageEvent(name)),
    "Storage, structured": (name: string) => structuredMode(storageEvent(name)),
    "Pub/Sub, binary": (name: string) => binaryMode(publishedEvent(name)),
    "Pub/Sub, structured": (name: string) => structuredMode(publishedEvent(name)),
  };
  for (const [form, request] of Object.entries(forms)) {
    test(`told by ${form}`, async () => {
      const { id, name } = await arrived(await png({ width: 600, height: 400 }));
      expect((await call(request(name))).status).toBe(204);
      const upload = await read(id);
      expect(upload).toMatchObject({ state: "accepted", contentType: "image/png", width: 600 });
      expect(upload.hasThumbnail).toBe(true);
    });
  }

  test("a small picture stands upright, is WebP, and tells nothing of the camera", async () => {
    const content = await turnedJpeg({ width: 800, height: 400 });
    const said = { fileName: "loaf.jpg", contentType: "image/jpeg" };
    const { id, name } = await arrived(content, said);
    await call(binaryMode(storageEvent(name)));
    const url = `http://localhost/api/v1/uploads/${id}/thumbnail`;
    const answer = await web.web.fetch(new Request(url, { headers: testCredentials }));
    expect(answer.headers.get("content-type")).toBe("image/webp");
    const small = await sharp(new Uint8Array(await answer.arrayBuffer())).metadata();
    expect([small.width, small.height, small.exif]).toEqual([128, 256, undefined]);
  });

  test("the same content again is noted", async () => {
    const content = await png({ width: 77, height: 77 });
    const [first, second] = [await arrived(content), await arrived(content)];
    for (const { name } of [first, second]) await call(binaryMode(storageEvent(name)));
    expect((await read(second.id)).duplicateOf).toBe(first.id);
    expect((await read(first.id)).duplicateOf).toBeNull();
  });

  test("a picture that cannot be decoded to its end is refused", async () => {
    const whole = await png({ width: 300, height: 300 });
    const broken = whole.map((byte, at) => (at > 60 && at < 90 ? byte ^ 0xff : byte));
    const { id, name } = await arrived(broken);
    expect((await call(binaryMode(storageEvent(name)))).status).toBe(204);
    expect(await read(id)).toMatchObject({ state: "refused", refusal: "unreadable" });
  });
});

describe("events that are none of its business", () => {
  test("are answered 204 in both modes, and change nothing", async () => {
    const { name } = await arrived(await png({ width: 9, height: 9 }));
    const before = await traces();
    const wrong: unknown[] = [];
    for (const event of otherEvents(name)) {
      for (const mode of [binaryMode, structuredMode]) {
        const { status } = await call(mode(event));
        if (status !== 204) wrong.push([mode.name, status, event]);
      }
    }
    expect(wrong).toEqual([]);
    expect(await traces()).toBe(before);
    expect(running.output()).toContain('"code":"ignored"');
  });

  test("what is no event is refused for good", async () => {
    const none = { headers: { "content-type": "application/json" }, body: "{}" };
    const answer = await call(none);
    expect([answer.status, (await answer.json()).code]).toEqual([422, "event.malformed"]);
  });
});

describe("delivered more than once", () => {
  test("a thousand events, doubled and shuffled, decide each upload once", async () => {
    const content = await png({ width: 20, height: 20 });
    const uploads = await Promise.all(Array.from({ length: 10 }, () => arrived(content)));
    const drawn = drawFrom("storage events");
    const events = uploads
      .flatMap(({ name }) => Array.from({ length: 100 }, () => name))
      .map((name) => ({ name, at: drawn.next(), isPublished: drawn.chance(0.5) }))
      .toSorted((a, b) => a.at - b.at);
    const token = await running.token();
    const statuses = new Set<number>();
    const worker = async () => {
      for (let next = events.pop(); next !== undefined; next = events.pop()) {
        const event = next.isPublished ? publishedEvent(next.name) : storageEvent(next.name);
        statuses.add((await call(binaryMode(event), token)).status);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect([...statuses]).toEqual([204]);
    const { rows } = await books.query(
      `select state, (select count(*)::int from audit.entries e where e.subject_id = u.id::text)
         as deeds from uploads.uploads u where id = any($1)`,
      [uploads.map(({ id }) => id)],
    );
    expect(rows).toEqual(uploads.map(() => ({ state: "accepted", deeds: 1 })));
  }, 60_000);

  test("killed in the middle of writing and told again, there is one result", async () => {
    const { id, name } = await arrived(await png({ width: 50, height: 50 }));
    const { appUrl: databaseUrl } = database;
    const doomed = await startFunction("uploadFinalized", { databaseUrl, folder });
    const event = binaryMode(storageEvent(name));
    await books.query("begin");
    await books.query("select from uploads.uploads where id = $1 for update", [id]);
    const { rows: mine } = await books.query("select pg_current_xact_id()::xid::text as xid");
    const authorization = `Bearer ${await doomed.token()}`;
    const headers = { ...event.headers, authorization };
    const cut = fetch(doomed.url, { ...event, method: "POST", headers }).catch(() => undefined);
    const watcher = new pg.Client({ connectionString: database.ownerUrl });
    await watcher.connect();
    await until("the function writes", async () => {
      const waiting = "select from pg_locks where not granted and transactionid::text = $1";
      const { rows } = await watcher.query(waiting, [mine[0].xid]);
      return rows.length > 0;
    });
    await doomed.kill();
    await cut;
    await books.query("rollback");
    expect((await call(event)).status).toBe(204);
    expect((await call(event)).status).toBe(204);
    await watcher.end();
    expect(await read(id)).toMatchObject({ state: "accepted", hasThumbnail: true });
    const deeds = "select from audit.entries where subject_id = $1";
    expect((await books.query(deeds, [id])).rows.length).toBe(1);
  }, 60_000);
});
