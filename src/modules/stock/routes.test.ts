import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
let siteId: string;
let flour: string;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  siteId = (await bakery.openShop(web.client)).siteId;
  flour = await bakery.addItem(web.client, { name: "Strong flour" });
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

const get = (path: string) => web.client.get(path);
const post = (path: string, body: unknown, headers = bakery.key()) =>
  web.client.post(path, body, headers);
const receiptOf = (line: object = {}, fields: object = {}) => ({
  siteId,
  lines: [{ itemId: flour, quantity: "25000", unit: "g", totalCost: "21.5", ...line }],
  ...fields,
});

async function expectInvalid(path: string, body: unknown, pointer: string, code?: string) {
  const answer = await post(path, body);
  expect(answer.status).toBe(422);
  expect(answer.body.errors[0]).toMatchObject(code === undefined ? { pointer } : { pointer, code });
}

describe("201", () => {
  test("a receipt is answered with its lots, read again the same and listed by supplier", async () => {
    const supplier = await bakery.make(web.client, "/suppliers", { name: "Mill Lane" });
    const body = receiptOf(
      { supplierLot: "L1", expiresOn: "2999-12-31" },
      {
        id: newId(),
        supplierId: supplier.id,
        reference: "INV-1",
        effectiveAt: new Date().toISOString(),
      },
    );
    const made = await post("/receipts", body);
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/v1/receipts/${made.body.id}`);
    expect(made.body.lines[0]).toMatchObject({
      quantity: "25000",
      unit: "g",
      stockQuantity: "25",
      factor: { numerator: "1", denominator: "1000" },
      totalCost: "21.50",
      supplierLot: "L1",
      expiresOn: "2999-12-31",
    });
    expect((await get(`/receipts/${made.body.id}`)).body).toEqual(made.body);
    const listed = await get(`/receipts?supplierId=${supplier.id}&siteId=${siteId}`);
    expect(listed.body).toEqual({ data: [made.body], next: null });
    const lot = await get(`/stock/lots/${made.body.lines[0].lotId}`);
    expect(lot.body).toMatchObject({ origin: "receipt", supplierId: supplier.id });
    expect(lot.body.layers).toMatchObject([{ id: made.body.lines[0].layerId, quantity: "25" }]);
  });

  test("a key sent again answers the same receipt and moves nothing", async () => {
    const itemId = await bakery.addItem(web.client);
    const headers = bakery.key();
    const first = await post("/receipts", receiptOf({ itemId }), headers);
    const again = await post("/receipts", receiptOf({ itemId }), headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    const balance = await bakery.balanceOf(web.client, siteId, itemId);
    expect(balance).toEqual({ quantity: "25", value: "21.5" });
  });

  test("waste and counts read again as they were answered", async () => {
    await post("/receipts", receiptOf());
    const line = { itemId: flour, quantity: "500", unit: "g" };
    const waste = await post("/stock/waste", { siteId, reason: "spilt", lines: [line] });
    expect(waste.body.lines[0]).toMatchObject({
      quantity: "500",
      stockQuantity: "0.5",
      lotId: null,
    });
    expect((await get(`/stock/waste/${waste.body.id}`)).body).toEqual(waste.body);
    expect((await get(`/stock/waste?siteId=${siteId}&limit=1`)).body.data).toEqual([waste.body]);
    const count = await post("/stock/counts", { siteId, lines: [{ itemId: flour, counted: 30 }] });
    expect((await get(`/stock/counts/${count.body.id}`)).body).toEqual(count.body);
    expect((await get(`/stock/counts?siteId=${siteId}&limit=1`)).body.data).toEqual([count.body]);
  });
});

describe("200", () => {
  test("balances as of a moment know what took effect by then, late entries too", async () => {
    const shop = await bakery.openShop(web.client);
    const itemId = await bakery.addItem(web.client);
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const come = (quantity: string, hours: number) => {
      const line = { itemId, quantity, totalCost: quantity, expiresOn: ago(24).slice(0, 10) };
      return bakery.receive(web.client, shop.siteId, [line], { effectiveAt: ago(hours) });
    };
    await come("5", 48);
    await come("3", 72);
    const at = async (hours: number) => {
      const { body } = await get(`/stock?siteId=${shop.siteId}&asOf=${ago(hours)}`);
      const { quantity, available, value } = body.data[0];
      return [quantity, available, value];
    };
    expect(await at(96)).toEqual(["0", "0", "0"]);
    expect(await at(60)).toEqual(["3", "3", "3"]);
    expect(await at(47)).toEqual(["8", "8", "8"]);
    expect((await at(0))[1]).toBe("0");
  });

  test("balances page by item and site, each once", async () => {
    const shop = await bakery.openShop(web.client);
    const items = await Promise.all([1, 2, 3].map(() => bakery.addItem(web.client)));
    const lines = items.map((itemId) => ({ itemId, quantity: "2", totalCost: "3" }));
    await bakery.receive(web.client, shop.siteId, lines);
    const first = await get(`/stock?siteId=${shop.siteId}&limit=2`);
    const second = await get(`/stock?siteId=${shop.siteId}&limit=2&cursor=${first.body.next}`);
    const all = [...first.body.data, ...second.body.data];
    expect(all.map((each) => each.itemId)).toEqual([...items].sort());
    expect(second.body.next).toBeNull();
    expect(all[0]).toMatchObject({ quantity: "2", available: "2", value: "3", unit: "kg" });
  });

  test("movements come newest first, with and without an item", async () => {
    const itemId = await bakery.addItem(web.client);
    for (const totalCost of ["1", "2", "3"])
      await post("/receipts", receiptOf({ itemId, totalCost }));
    for (const path of [`/stock/movements?itemId=${itemId}`, `/stock/movements?siteId=${siteId}`]) {
      const first = await get(`${path}&limit=2`);
      const second = await get(`${path}&limit=1&cursor=${first.body.next}`);
      const values = [...first.body.data, ...second.body.data].map((each) => each.value);
      expect(values).toEqual(["3", "2", "1"]);
    }
  });

  test("layers are told apart by whether something is left", async () => {
    const itemId = await bakery.addItem(web.client);
    await post("/receipts", receiptOf({ itemId }));
    await post("/receipts", receiptOf({ itemId }));
    await post("/stock/waste", { siteId, reason: "x", lines: [{ itemId, quantity: "30" }] });
    const open = await get(`/stock/layers?itemId=${itemId}&open=true`);
    const empty = await get(`/stock/layers?itemId=${itemId}&open=false`);
    expect(open.body.data).toMatchObject([{ quantity: "20", value: "17.2" }]);
    expect(empty.body.data).toMatchObject([{ quantity: "0", value: "0" }]);
    const page = await get(`/stock/layers?itemId=${itemId}&limit=1`);
    const next = await get(`/stock/layers?itemId=${itemId}&limit=1&cursor=${page.body.next}`);
    expect([...page.body.data, ...next.body.data]).toHaveLength(2);
  });

  test("verify answers the certificate of a site", async () => {
    const { body } = await get(`/stock/verify?siteId=${siteId}`);
    expect(body).toMatchObject({ isSound: true, broken: null });
    expect(body.certificate.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("no shortfalls are an empty page", async () => {
    const { body } = await get(`/shortfalls?siteId=${siteId}&open=true`);
    expect(body).toEqual({ data: [], next: null });
  });
});

describe("400", () => {
  test("a command without Idempotency-Key", async () => {
    for (const path of ["/receipts", "/stock/waste", "/stock/counts"]) {
      const line = { itemId: flour, quantity: "1" };
      const lines = path === "/receipts" ? [{ ...line, totalCost: "1" }] : [line];
      const counted = [{ itemId: flour, counted: "1" }];
      const body = { siteId, lines: path === "/stock/counts" ? counted : lines };
      const waste = path === "/stock/waste" ? { ...body, reason: "x" } : body;
      const answer = await web.client.post(path, waste);
      expect(answer.status).toBe(400);
      expect(answer.body.code).toBe("http.idempotency_key");
    }
  });
});

describe("404", () => {
  test("documents and lots that are not there, or whose id is no id", async () => {
    for (const path of ["/receipts", "/stock/waste", "/stock/counts", "/stock/lots"]) {
      expect((await get(`${path}/${newId()}`)).status).toBe(404);
      expect((await get(`${path}/nonsense`)).status).toBe(404);
    }
  });
});

describe("409", () => {
  test("waste of more than there is names the item's first line and what is short", async () => {
    const itemId = await bakery.addItem(web.client);
    await post("/receipts", receiptOf({ itemId }));
    const lines = ["20", "5.5"].map((quantity) => ({ itemId, quantity }));
    const answer = await post("/stock/waste", { siteId, reason: "x", lines });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      code: "stock.short",
      errors: [{ pointer: "/lines/0/quantity" }],
    });
    expect(answer.body.errors[0].message).toContain("0.5 short");
    expect((await bakery.balanceOf(web.client, siteId, itemId)).quantity).toBe("25");
  });

  test("an id that is taken", async () => {
    const id = newId();
    expect((await post("/receipts", receiptOf({}, { id }))).status).toBe(201);
    const again = await post("/receipts", receiptOf({}, { id }));
    expect(again.status).toBe(409);
    expect(again.body.code).toBe("stock.id_taken");
  });
});

describe("422", () => {
  test("a cost finer than the currency", () =>
    expectInvalid(
      "/receipts",
      receiptOf({ totalCost: "1.234" }),
      "/lines/0/totalCost",
      "stock.amount",
    ));

  test("an item that is made to order, not kept, archived or missing", async () => {
    const made = await bakery.addItem(web.client, { kind: "product", stocking: "made_to_order" });
    const none = await bakery.addItem(web.client, { stocking: "none" });
    const old = await bakery.addItem(web.client);
    await web.client.delete(`/items/${old}`, 1);
    for (const itemId of [made, none]) {
      await expectInvalid(
        "/receipts",
        receiptOf({ itemId }),
        "/lines/0/itemId",
        "stock.not_stocked",
      );
    }
    for (const itemId of [old, newId()]) {
      await expectInvalid("/receipts", receiptOf({ itemId }), "/lines/0/itemId", "stock.item");
    }
  });

  test("a unit the item does not know, and a quantity of nothing", async () => {
    await expectInvalid("/receipts", receiptOf({ unit: "box" }), "/lines/0/unit");
    await expectInvalid("/receipts", receiptOf({ quantity: "0" }), "/lines/0/quantity");
    const tiny = { quantity: "0.0001", unit: "g" };
    await expectInvalid(
      "/receipts",
      receiptOf(tiny),
      "/lines/0/quantity",
      "catalog.unit_too_small",
    );
  });

  test("a time outside the window, a site and a supplier that are not there", async () => {
    const early = new Date(Date.now() + 600_000).toISOString();
    const ahead = receiptOf({}, { effectiveAt: early });
    await expectInvalid("/receipts", ahead, "/effectiveAt", "stock.moment");
    await expectInvalid("/receipts", receiptOf({}, { siteId: newId() }), "/siteId");
    await expectInvalid("/receipts", receiptOf({}, { supplierId: newId() }), "/supplierId");
    const count = {
      siteId,
      countedAt: early,
      lines: [{ itemId: flour, counted: 1 }],
    };
    await expectInvalid("/stock/counts", count, "/countedAt", "stock.moment");
  });

  test("a lot of another item, and an item counted twice", async () => {
    const lotId = newId();
    const line = { itemId: flour, lotId };
    const waste = { siteId, reason: "x", lines: [{ ...line, quantity: 1 }] };
    await expectInvalid("/stock/waste", waste, "/lines/0/lotId", "stock.lot");
    const count = { siteId, lines: [{ ...line, counted: 1 }] };
    await expectInvalid("/stock/counts", count, "/lines/0/lotId", "stock.lot");
    const lines = [
      { ...line, counted: 1 },
      { itemId: flour, counted: 1 },
    ];
    await expectInvalid("/stock/counts", { siteId, lines }, "/lines/1", "stock.counted_twice");
  });

  test("filters nobody knows and cursors of another list", async () => {
    expect((await get("/stock?nobody=1")).status).toBe(422);
    const { body } = await get("/stock/movements?limit=1");
    expect((await get(`/stock?cursor=${body.next}`)).status).toBe(422);
    expect((await get(`/stock/movements?itemId=${flour}&cursor=${body.next}`)).status).toBe(422);
  });
});
