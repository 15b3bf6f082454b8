import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { storageOf } from "#platform/storage.ts";
import { clientAs } from "../../../test/harness/actors.ts";
import { jobCtx, sqlOf } from "../../../test/harness/alerts.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { testCredentials } from "../../../test/harness/key.ts";
import { png } from "../../../test/harness/pictures.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { objectNameOf, send, upload } from "../../../test/harness/uploads.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { thumbnailNameOf } from "./rules/objects.ts";
import { giveUpUploads } from "./service/give-up.ts";
import { inspectUpload } from "./service/inspect.ts";
import { sweepObjects } from "./service/sweep.ts";

let database: TestDatabase;
let web: TestWeb;
let itemId: string;
let picture: Uint8Array;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  itemId = await bakery.addItem(web.client);
  picture = await png({ width: 60, height: 40 });
});

afterAll(async () => {
  await web.close();
  await database.drop();
});

const newPicture = (fields: object = {}) => ({
  ...{ id: newId(), purpose: "product_picture", fileName: "loaf.png" },
  ...{ contentType: "image/png", bytes: picture.byteLength, attachTo: { itemId } },
  ...fields,
});

const announce = async (fields: object = {}) =>
  (await web.client.post("/uploads", newPicture(fields))).body;

async function codeOf(asking: Promise<{ status: number; body: { code?: string } }>) {
  const { status, body } = await asking;
  return `${status} ${body.code}`;
}

function raw(path: string, init: RequestInit = {}, from = web) {
  const headers = { ...testCredentials, ...init.headers };
  return from.web.fetch(new Request(`http://localhost${path}`, { ...init, headers }));
}

describe("409", () => {
  test("content is taken once: not again, not after it was accepted", async () => {
    const announced = await announce();
    expect((await send(web, announced, picture)).status).toBe(200);
    expect(await codeOf(send(web, announced, picture))).toBe("409 uploads.received");
    await inspectUpload(jobCtx(web), await objectNameOf(web, announced.id));
    expect(await codeOf(send(web, announced, picture))).toBe("409 uploads.received");
  });

  test("an id is taken once", async () => {
    const { id } = await announce();
    const again = web.client.post("/uploads", newPicture({ id }));
    expect(await codeOf(again)).toBe("409 uploads.id_taken");
    await web.client.ask("DELETE", `/uploads/${id}`);
  });
});

describe("413", () => {
  test("more than was announced is refused, whether its length is said or not", async () => {
    const { id, contentType } = await announce();
    const larger = new Uint8Array(picture.byteLength + 1);
    expect(await codeOf(send(web, { id, contentType }, larger))).toBe("413 http.body_size");
    const headers = { "content-type": contentType };
    const body = new Blob([larger]).stream();
    const unsaid = await raw(`/api/v1/uploads/${id}/content`, { method: "PUT", headers, body });
    expect(unsaid.status).toBe(413);
    expect(await storageOf(web.app).find(await objectNameOf(web, id))).toBeUndefined();
    await web.client.ask("DELETE", `/uploads/${id}`);
  });
});

describe("415", () => {
  test("another type than was announced is refused", async () => {
    const { id } = await announce();
    const sent = send(web, { id, contentType: "text/html" }, picture);
    expect(await codeOf(sent)).toBe("415 http.content_type");
    await web.client.ask("DELETE", `/uploads/${id}`);
  });
});

describe("422", () => {
  const wrong: Readonly<Record<string, readonly [string, object]>> = {
    "a path as a name": ["uploads.file_name", { fileName: "../../x.html" }],
    "a Windows path as a name": ["uploads.file_name", { fileName: "..\\x.png" }],
    "a control character in a name": ["uploads.file_name", { fileName: "a\nb.png" }],
    "a name that reads backwards": ["uploads.file_name", { fileName: "a\u202egnp.exe" }],
    "a type of another purpose": ["uploads.content_type", { contentType: "application/pdf" }],
    "a type of no purpose": ["http.validation", { contentType: "text/html" }],
    "a picture of more than 10 MiB": ["uploads.bytes", { bytes: 10_485_761 }],
    "an item that is not there": ["uploads.item_unknown", { attachTo: { itemId: newId() } }],
    "a picture of nothing": ["uploads.target", { attachTo: {} }],
  };
  for (const [name, [code, fields]] of Object.entries(wrong)) {
    test(`${name}: ${code}`, async () => {
      const answer = await web.client.post("/uploads", newPicture(fields));
      expect([answer.status, answer.body.code]).toEqual([422, code]);
    });
  }

  test("less than was announced is refused, and leaves nothing", async () => {
    const { id, contentType } = await announce();
    const headers = { "content-type": contentType };
    const body = new Blob([picture.slice(0, -1)]).stream();
    const short = await raw(`/api/v1/uploads/${id}/content`, { method: "PUT", headers, body });
    expect(short.status).toBe(422);
    expect(await storageOf(web.app).find(await objectNameOf(web, id))).toBeUndefined();
    await web.client.ask("DELETE", `/uploads/${id}`);
  });
});

describe("429", () => {
  test("nobody has more than twenty unfinished, however many are announced at once", async () => {
    const manager = await clientAs({ database, web }, "manager");
    const asked = await Promise.all(
      Array.from({ length: 25 }, () => manager.post("/uploads", newPicture())),
    );
    const taken = asked.filter(({ status }) => status === 201);
    expect(taken.length).toBe(20);
    expect(asked.find(({ status }) => status !== 201)?.body.code).toBe("uploads.unfinished");
  });
});

describe("503", () => {
  test("without a place for files it says so", async () => {
    const services = { ...web.app.config.services, storageUrl: undefined };
    const bare = openTestWeb(database.appUrl, { config: { services } });
    const announced = bare.client.post("/uploads", newPicture());
    expect(await codeOf(announced)).toBe("503 storage.not_configured");
    await bare.close();
  });
});

describe("what nobody ends", () => {
  test("is refused after a day, and objects without an upload go", async () => {
    const { id } = await announce();
    const { id: kept } = await upload(web, newPicture(), picture);
    const stray = `uploads/${crypto.randomUUID()}`;
    const options = { contentType: "image/png", bytesMax: 1e6 };
    for (const name of [stray, thumbnailNameOf(stray)]) {
      await storageOf(web.app).put(name, picture, options);
    }
    const sweep = async (ctx = jobCtx(web)) => {
      await giveUpUploads(ctx);
      await sweepObjects(ctx);
    };
    await sweep();
    expect((await web.client.get(`/uploads/${id}`)).body.state).toBe("waiting");
    expect(await storageOf(web.app).find(stray)).toBeDefined();
    await sqlOf(web)("update uploads.uploads set created_at = now() - interval '25 hours'");
    const later = { ...jobCtx(web), now: () => new Date(Date.now() + 86_400_000 + 60_000) };
    await sweep(later);
    const { state, refusal } = (await web.client.get(`/uploads/${id}`)).body;
    expect([state, refusal]).toEqual(["refused", "never_sent"]);
    const isThere = async (name: string) => (await storageOf(web.app).find(name)) !== undefined;
    const needed = await objectNameOf(web, kept);
    const names = [stray, thumbnailNameOf(stray), needed, thumbnailNameOf(needed)];
    expect(await Promise.all(names.map(isThere))).toEqual([false, false, true, true]);
  });

  test("a file that cannot be looked at is refused after five tries, never for good", async () => {
    const announced = await announce();
    await send(web, announced, picture);
    const name = await objectNameOf(web, announced.id);
    const storage = storageOf(web.app);
    const broken = Object.create(storage, {
      find: { value: () => storage.find(name) },
      read: { value: () => Promise.reject(new Error("the disk has gone bad here")) },
    });
    const ctx = jobCtx({ app: { ...web.app, storage: broken } });
    for (let tries = 1; tries < 5; tries++) {
      await expect(inspectUpload(ctx, name)).rejects.toThrow("gone bad");
    }
    expect(await inspectUpload(ctx, name)).toBe("refused");
    expect((await web.client.get(`/uploads/${announced.id}`)).body.refusal).toBe("failed");
  });
});
