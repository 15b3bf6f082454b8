import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { newId } from "#platform/id.ts";
import { storageOf } from "#platform/storage.ts";
import { clientAs } from "../../../test/harness/actors.ts";
import { jobCtx, sqlOf } from "../../../test/harness/alerts.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { testCredentials } from "../../../test/harness/key.ts";
import { jpeg, png, turnedJpeg } from "../../../test/harness/pictures.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { objectNameOf, send, upload } from "../../../test/harness/uploads.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { bringInUpload } from "./service/bring-in.ts";
import { inspectUpload } from "./service/inspect.ts";
import { removeObjects } from "./service/remove.ts";

let database: TestDatabase;
let web: TestWeb;
let itemId: string;
let siteId: string;
let receiptId: string;
let picture: Uint8Array;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  itemId = await bakery.addItem(web.client);
  ({ siteId } = await bakery.openShop(web.client, {}, 0));
  const line = { itemId, quantity: "1", totalCost: "1.00" };
  receiptId = (await bakery.receive(web.client, siteId, [line])).id;
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

const newInvoice = (bytes: number, fields: object = {}) => ({
  ...{ id: newId(), purpose: "supplier_invoice", fileName: "Rechnung „März“.jpg" },
  ...{ contentType: "image/jpeg", bytes, attachTo: { receiptId } },
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

describe("201", () => {
  test("an announced upload says where its content goes", async () => {
    const { status, headers, body } = await web.client.post("/uploads", newPicture());
    expect([status, body.state]).toEqual([201, "waiting"]);
    expect(headers.get("location")).toBe(`/api/v1/uploads/${body.id}`);
    const url = `http://localhost:3000/api/v1/uploads/${body.id}/content`;
    expect(body.sendTo).toEqual({ method: "PUT", url, isResumable: false });
    await web.client.ask("DELETE", `/uploads/${body.id}`);
  });
});

describe("200", () => {
  test("content comes back as it was sent, as a file that no browser runs", async () => {
    const content = await jpeg({ width: 30, height: 30 });
    const { id } = await upload(web, newInvoice(content.byteLength), content);
    const answer = await raw(`/api/v1/uploads/${id}/content`);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array(content));
    const told = ["content-type", "x-content-type-options", "cache-control"];
    expect(told.map((name) => answer.headers.get(name))).toEqual([
      "image/jpeg",
      "nosniff",
      "private, no-store",
    ]);
    expect(answer.headers.get("content-security-policy")).toContain("sandbox");
    expect(answer.headers.get("content-disposition")).toBe(
      `attachment; filename="Rechnung _M_rz_.jpg"; filename*=UTF-8''Rechnung%20%E2%80%9EM%C3%A4rz%E2%80%9C.jpg`,
    );
  });

  test("a product's picture is handed out without what its camera wrote, an invoice as it was sent", async () => {
    const content = await turnedJpeg({ width: 30, height: 20 });
    const asPicture = { contentType: "image/jpeg", bytes: content.byteLength };
    const sent = [newPicture(asPicture), newInvoice(content.byteLength)];
    const [got, invoice] = await Promise.all(
      sent.map(async (announcement) => {
        const { id } = await upload(web, announcement, content);
        const answer = await raw(`/api/v1/uploads/${id}/content`);
        expect(answer.headers.get("content-length")).toBe(String(content.byteLength));
        return Buffer.from(await answer.arrayBuffer());
      }),
    );
    expect([content, got].map((each) => Buffer.from(each!).includes("of nobody"))).toEqual([
      true,
      false,
    ]);
    expect((await sharp(got).metadata()).orientation).toBe(6);
    expect(invoice!.equals(content)).toBe(true);
  });

  test("what is called a page is saved under a name of what it is", async () => {
    const { id } = await upload(web, newPicture({ fileName: "x.html" }), picture);
    const answer = await raw(`/api/v1/uploads/${id}/content`);
    expect(answer.headers.get("content-disposition")).toContain('"x.html.png"');
    expect(answer.headers.get("content-type")).toBe("image/png");
  });

  test("the name in storage has nothing of the given name", async () => {
    const { id } = await announce({ fileName: "secret-name.png" });
    expect(await objectNameOf(web, id)).toMatch(/^uploads\/[0-9a-f-]{36}$/);
    await web.client.ask("DELETE", `/uploads/${id}`);
  });

  test("lists keep to the item, the receipt, the purpose and the state", async () => {
    const other = await bakery.addItem(web.client);
    const { id } = await upload(web, newPicture({ attachTo: { itemId: other } }), picture);
    const listed = async (query: string) => {
      const { data } = await bakery.read(web.client, `/uploads?${query}`);
      return data.map((each: { id: string }) => each.id);
    };
    expect(await listed(`itemId=${other}`)).toEqual([id]);
    expect(await listed(`itemId=${other}&state=waiting`)).toEqual([]);
    expect(await listed("purpose=supplier_invoice")).not.toContain(id);
    expect(await listed(`receiptId=${receiptId}`)).not.toContain(id);
  });

  test("content that was cut off leaves nothing, and is taken when it is sent again", async () => {
    const { id, contentType } = await announce();
    const half = new ReadableStream({
      start(controller) {
        controller.enqueue(picture.slice(0, 20));
        controller.error(new Error("the connection is gone"));
      },
    });
    const headers = { "content-type": contentType };
    const cut = await raw(`/api/v1/uploads/${id}/content`, { method: "PUT", headers, body: half });
    expect(cut.status).toBe(400);
    expect(await storageOf(web.app).find(await objectNameOf(web, id))).toBeUndefined();
    expect((await send(web, { id, contentType }, picture)).status).toBe(200);
  });

  test("a till's export is brought in as whoever announced it, once", async () => {
    const content = "Date,Time,Transaction,Item\n2016-10-30,09:58:11,1,Bread\n";
    const options = { siteId, format: "till-export" };
    const said = { purpose: "import", fileName: "sales.csv", import: options };
    const sized = { contentType: "text/csv", bytes: content.length, attachTo: undefined };
    const { id } = await upload(web, newPicture({ ...said, ...sized }), content);
    for (let times = 0; times < 2; times++) await bringInUpload(jobCtx(web), id);
    const { body } = await web.client.get(`/uploads/${id}`);
    expect(body).toMatchObject({ importState: "done", importProblem: null });
    const report = await bakery.read(web.client, `/imports/till-exports/${body.importId}`);
    expect(report).toMatchObject({ state: "done", ticketsCreated: 1, fileName: "sales.csv" });
    const actor = "select actor from imports.till_exports where id = $1";
    expect(await sqlOf(web)(actor, [body.importId])).toEqual([{ actor: body.createdBy }]);
  });

  test("bakery data is brought in, and what is no JSON is noted as failed", async () => {
    const options = { siteId, format: "bakery-data" };
    const bring = async (content: string) => {
      const said = { purpose: "import", import: options, attachTo: undefined };
      const sized = { contentType: "application/json", bytes: content.length };
      const { id } = await upload(web, newPicture({ ...said, ...sized }), content);
      await bringInUpload(jobCtx(web), id);
      return bakery.read(web.client, `/uploads/${id}`);
    };
    const batches = [{ quantity: 5, cost_per_unit: 2, purchase_date: "2026-01-01" }];
    const rye = { unit: "kg", min_quantity: 1, batches };
    const done = await bring(JSON.stringify({ materials: { Rye: rye } }));
    expect(done.importState).toBe("done");
    expect((await bakery.read(web.client, `/imports/${done.importId}`)).report.items.created).toBe(
      1,
    );
    const failed = await bring('{ "materials": ');
    expect([failed.importState, failed.importProblem]).toEqual(["failed", "uploads.json"]);
  });
});

describe("204", () => {
  test("what is deleted is gone at once, and its objects with the job", async () => {
    const { id } = await upload(web, newPicture(), picture);
    const name = await objectNameOf(web, id);
    for (let times = 0; times < 2; times++) {
      expect((await web.client.ask("DELETE", `/uploads/${id}`)).status).toBe(204);
    }
    expect((await web.client.get(`/uploads/${id}`)).body.state).toBe("deleted");
    expect(await codeOf(web.client.get(`/uploads/${id}/content`))).toBe("409 uploads.not_accepted");
    await removeObjects(jobCtx(web), id);
    const folder = fileURLToPath(web.app.config.services.storageUrl ?? "");
    const left = [...new Bun.Glob(`**/*${name.slice(8)}*`).scanSync(folder)];
    expect(left).toEqual([]);
    const deeds = "select action from audit.entries where subject_id = $1 order by seq";
    const actions = (await sqlOf(web)<{ action: string }>(deeds, [id])).map((row) => row.action);
    expect(actions).toEqual(["upload.accepted", "upload.deleted"]);
  });
});

describe("404", () => {
  test("an invoice looks missing to those who do not see costs, other than its sender", async () => {
    const content = await jpeg({ width: 10, height: 10 });
    const { id } = await upload(web, newInvoice(content.byteLength), content);
    const baker = await clientAs({ database, web }, "baker");
    for (const path of [`/uploads/${id}`, `/uploads/${id}/content`, `/uploads/${id}/thumbnail`]) {
      expect(await codeOf(baker.get(path))).toBe("404 uploads.not_found");
    }
    const { data } = (await baker.get("/uploads?purpose=supplier_invoice")).body;
    expect(data).toEqual([]);
    const own = (await baker.post("/uploads", newInvoice(content.byteLength))).body;
    await send({ client: baker }, own, content);
    await inspectUpload(jobCtx(web), await objectNameOf(web, own.id));
    expect((await baker.get(`/uploads/${own.id}`)).body.state).toBe("accepted");
    expect(await codeOf(baker.get(`/uploads/${own.id}/content`))).toBe("404 uploads.not_found");
  });

  test("nobody sends what another has announced", async () => {
    const { id, contentType } = await announce();
    const owner = await clientAs({ database, web }, "owner");
    const sent = send({ client: owner }, { id, contentType }, picture);
    expect(await codeOf(sent)).toBe("404 uploads.not_found");
    await web.client.ask("DELETE", `/uploads/${id}`);
  });

  test("a file opens by a link that was signed here, and by no other", async () => {
    const { id } = await upload(web, newPicture(), picture);
    const name = await objectNameOf(web, id);
    const link = await storageOf(web.app).linkTo(name, { seconds: 60, fileName: "a.png" });
    const { pathname, search } = new URL(link);
    const answer = await web.web.fetch(new Request(`http://localhost${pathname}${search}`));
    expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([
      200,
      picture.byteLength,
    ]);
    expect(answer.headers.get("content-disposition")).toStartWith('attachment; filename="a.png"');
    const past = await storageOf(web.app).linkTo(name, { seconds: -60, fileName: "a.png" });
    const changed = search.replace("as=a.png", "as=b.png");
    const wrong = [
      pathname,
      `${pathname}${changed}`,
      `/files/../link-key${search}`,
      `/files/%2e%2e/%2e%2e/etc/passwd${search}`,
      `/files/uploads/${newId()}${search}`,
      past.slice(past.indexOf("/files")),
    ];
    for (const path of wrong) {
      expect([path, (await raw(path)).status]).toEqual([path, 404]);
    }
  });
});
