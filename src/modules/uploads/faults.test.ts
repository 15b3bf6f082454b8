import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { type ObjectStorage, storageOf, storageUnavailable } from "#platform/storage.ts";
import { jobCtx } from "../../../test/harness/alerts.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { croissantFile } from "../../../test/harness/bakery-data.ts";
import { png } from "../../../test/harness/pictures.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openReceiver, type Receiver } from "../../../test/harness/receiver.ts";
import { objectNameOf, send, upload } from "../../../test/harness/uploads.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { announceUpload } from "./service/announce.ts";
import { bringInUpload } from "./service/bring-in.ts";
import { inspectUpload } from "./service/inspect.ts";
import { sendContent } from "./service/send.ts";

let database: TestDatabase;
let web: TestWeb;
let scanner: Receiver;
let itemId: string;
let siteId: string;
let picture: Uint8Array;

beforeAll(async () => {
  database = await testDatabase();
  scanner = await openReceiver();
  web = openTestWeb(database.appUrl);
  itemId = await bakery.addItem(web.client);
  ({ siteId } = await bakery.openShop(web.client, {}, 0));
  picture = await png({ width: 60, height: 40 });
});

afterAll(async () => {
  await web.close();
  await scanner.close();
  await database.drop();
});

async function announced() {
  const fields = { purpose: "product_picture", fileName: "loaf.png", contentType: "image/png" };
  const body = { id: newId(), ...fields, bytes: picture.byteLength, attachTo: { itemId } };
  return (await web.client.post("/uploads", body)).body;
}

async function received() {
  const { body } = await send(web, await announced(), picture);
  return { id: body.id as string, name: await objectNameOf(web, body.id) };
}

const read = async (id: string) => (await web.client.get(`/uploads/${id}`)).body;

/** The storage of the web with something else in place of one of its parts. */
function storageWith(parts: Partial<ObjectStorage>): ObjectStorage {
  const storage = storageOf(web.app);
  const bound = Object.entries(parts).map(([name, value]) => [name, { value }]);
  return Object.create(storage, {
    ...Object.fromEntries(
      (["put", "find", "read", "delete", "linkTo", "uploadLink", "list"] as const).map((name) => [
        name,
        { value: storage[name].bind(storage) },
      ]),
    ),
    ...Object.fromEntries(bound),
  });
}

describe("the scanner of UPLOAD_SCAN_URL", () => {
  const scanned = () => {
    const services = { ...web.app.config.services, uploadScanUrl: scanner.url };
    return jobCtx({ app: { ...web.app, config: { ...web.app.config, services } } });
  };

  test("that says an upload is clean has it accepted, and has seen all of it", async () => {
    scanner.answer = (_, response) => void response.end('{"infected":false}');
    const { id, name } = await received();
    expect(await inspectUpload(scanned(), name)).toBe("accepted");
    expect((await read(id)).state).toBe("accepted");
    const seen = scanner.received.at(-1);
    expect(seen?.headers["content-type"]).toBe("application/octet-stream");
    expect(seen?.body).toBe(String(Buffer.from(picture)));
  });

  test("that says an upload is infected has it refused, and no content is read any more", async () => {
    scanner.answer = (_, response) => void response.end('{"infected":true}');
    const { id, name } = await received();
    expect(await inspectUpload(scanned(), name)).toBe("refused");
    expect(await read(id)).toMatchObject({ state: "refused", refusal: "infected" });
    expect((await web.client.get(`/uploads/${id}/content`)).status).toBe(409);
  });

  test("that cannot say is asked again, however often, and nothing is accepted meanwhile", async () => {
    const { id, name } = await received();
    const answers: Receiver["answer"][] = [
      (_, response) => void response.writeHead(500).end('{"infected":false}'),
      (_, response) => void response.end("clean"),
      (_, response) => void response.end('{"infected":"false"}'),
      (_, response) => void response.end("null"),
      (_, response) => void response.writeHead(302, { location: "/elsewhere" }).end(),
      (_, response) => void response.destroy(),
    ];
    for (const answer of answers) {
      scanner.answer = answer;
      await expect(inspectUpload(scanned(), name)).rejects.toThrow("cannot be scanned now");
      expect((await read(id)).state).toBe("received");
    }
    scanner.answer = (_, response) => void response.end('{"infected":false}');
    expect(await inspectUpload(scanned(), name)).toBe("accepted");
  });
});

describe("what goes wrong beside an upload is none of its faults", () => {
  test("content that is looked at before its sender has an answer was sent all the same", async () => {
    const fields = { purpose: "product_picture", fileName: "loaf.png" } as const;
    const file = { contentType: "image/png", bytes: picture.byteLength } as const;
    const wanted = { ...fields, ...file, attachTo: { itemId } };
    const { id } = await announceUpload(jobCtx(web), wanted);
    const name = await objectNameOf(web, id);
    const storage = storageOf(web.app);
    const put: ObjectStorage["put"] = async (...given) => {
      const result = await storage.put(...given);
      await inspectUpload(jobCtx(web), name);
      return result;
    };
    const app = { ...web.app, storage: storageWith({ put }) };
    async function* content() {
      yield picture;
    }
    const sent = await sendContent(jobCtx({ app }), { id, length: undefined, open: content });
    expect(sent.state).toBe("accepted");
  });

  test("storage that breaks off while it is read is asked again, more than five times", async () => {
    const { id, name } = await received();
    const cut = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => controller.error(storageUnavailable(new Error("cut"))),
      });
    const storage = storageWith({ read: () => Promise.resolve(cut()) });
    for (let tries = 0; tries < 7; tries++) {
      const ctx = jobCtx({ app: { ...web.app, storage } });
      await expect(inspectUpload(ctx, name)).rejects.toThrow("Files cannot be reached");
    }
    expect((await read(id)).state).toBe("received");
  });

  test("storage that gives no link leaves no announcement behind", async () => {
    const id = newId();
    const storage = storageWith({ uploadLink: () => Promise.reject(storageUnavailable("down")) });
    const app = { ...web.app, storage };
    const wanted = { id, purpose: "product_picture", fileName: "loaf.png" } as const;
    const file = { contentType: "image/png", bytes: picture.byteLength } as const;
    const announcing = announceUpload(jobCtx({ app }), {
      ...wanted,
      ...file,
      attachTo: { itemId },
    });
    await expect(announcing).rejects.toThrow("Files cannot be reached");
    expect((await web.client.get(`/uploads/${id}`)).status).toBe(404);
  });
});

test("an import whose file is deleted before it is brought in says that, and does not wait for ever", async () => {
  const how = { siteId, format: "bakery-data" };
  const said = { purpose: "import", fileName: "books.json", contentType: "application/json" };
  const { id } = await upload(web, { id: newId(), ...said, bytes: 2, import: how }, "{}");
  await web.client.ask("DELETE", `/uploads/${id}`);
  await bringInUpload(jobCtx(web), id);
  const expected = { state: "deleted", importState: "failed", importProblem: "uploads.deleted" };
  expect(await read(id)).toMatchObject(expected);
  expect((await web.client.post(`/uploads/${id}/retry`, {})).status).toBe(409);
});

describe("an import of JSON", () => {
  test.each([
    ["a name that no book can hold", JSON.stringify(croissantFile(" a\0b"))],
    ["lists in lists without an end", `{"items":${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
    ["nothing but brackets", "[".repeat(1_000)],
  ])("that has %s is failed, not tried again", async (_, content) => {
    const bytes = Buffer.byteLength(content);
    const how = { siteId, format: "bakery-data" };
    const said = { purpose: "import", fileName: "books.json", contentType: "application/json" };
    const { id } = await upload(web, { id: newId(), ...said, bytes, import: how }, content);
    await bringInUpload(jobCtx(web), id);
    expect(await read(id)).toMatchObject({ state: "accepted", importState: "failed" });
  });
});
