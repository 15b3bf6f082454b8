import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { findItemsForLines, lockUnit } from "./index.ts";

let database: TestDatabase;
let web: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

const { ask, get, post, patch, remove } = {
  ask: (...given: Parameters<TestWeb["client"]["ask"]>) => web.client.ask(...given),
  get: (path: string) => web.client.get(path),
  post: (path: string, body: unknown) => web.client.post(path, body),
  patch: (path: string, version: number, body: unknown) => web.client.patch(path, version, body),
  remove: (path: string, version: number) => web.client.delete(path, version),
};

let names = 0;
const unique = (word: string) => `${word} ${++names}`;
const aMaterial = <T extends object>(more: T = {} as T) => ({
  name: unique("Flour"),
  kind: "material",
  stocking: "stocked",
  unit: "kg",
  ...more,
});

async function addItem(more: object = {}) {
  return (await post("/items", aMaterial(more))).body;
}

async function lock(id: string) {
  await web.app.db.withTransaction((tx) => lockUnit(tx, [id]));
}

describe("201", () => {
  test("an item comes back as it was sent, decimals trimmed and the rest null", async () => {
    const made = await post("/items", aMaterial({ name: "Butter", price: 8.5, density: "0.910" }));
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/v1/items/${made.body.id}`);
    expect(made.headers.get("etag")).toBe('"1"');
    expect(made.body).toEqual({
      id: made.body.id,
      name: "Butter",
      kind: "material",
      stocking: "stocked",
      unit: "kg",
      categoryId: null,
      price: "8.5",
      taxCode: null,
      barcode: null,
      reorderLevel: null,
      shelfLifeDays: null,
      allergens: {},
      density: "0.91",
      pieceWeight: null,
      archived: false,
      version: 1,
    });
    expect((await get(`/items/${made.body.id}`)).body).toEqual(made.body);
  });

  test("the same create sent again is answered with the same record", async () => {
    const item = aMaterial({ id: newId(), price: "1.50", allergens: { gluten: "contains" } });
    const first = await post("/items", item);
    const again = await post("/items", { ...item, price: 1.5 });
    expect([again.status, again.body]).toEqual([201, first.body]);
    const category = { id: newId(), name: unique("Dairy"), order: "fefo" };
    const dairy = await post("/categories", category);
    expect((await post("/categories", category)).body).toEqual(dairy.body);
    const supplier = { id: newId(), name: unique("Mill") };
    const mill = await post("/suppliers", supplier);
    expect((await post("/suppliers", supplier)).body).toEqual(mill.body);
    const pack = { id: newId(), from: "sack", to: "kg", numerator: 25, denominator: 1 };
    const sack = await post(`/items/${item.id}/conversions`, pack);
    expect(sack.status).toBe(201);
    expect((await post(`/items/${item.id}/conversions`, pack)).body).toEqual(sack.body);
  });

  test("an item takes its category and a tax code that has a rate", async () => {
    const code = "reduced";
    await post("/tax-rates", { code, rate: "13.5", validFrom: "2026-01-01" });
    const { body: category } = await post("/categories", { name: unique("Cakes"), order: "fefo" });
    const made = await post("/items", aMaterial({ taxCode: code, categoryId: category.id }));
    expect(made.status).toBe(201);
    const lines = await findItemsForLines(web.app.db, [made.body.id, newId()]);
    expect([...lines.values()]).toEqual([
      expect.objectContaining({ taxCode: code, order: "fefo", unitLocked: false, conversions: [] }),
    ]);
  });

  test("an archived record gives its name and barcode free", async () => {
    const barcode = unique("539");
    const item = await addItem({ barcode });
    await remove(`/items/${item.id}`, 1);
    expect((await post("/items", aMaterial({ name: item.name, barcode }))).status).toBe(201);
  });
});

describe("200", () => {
  test("a patch merges: what is absent stays, null clears, allergens join", async () => {
    const item = await addItem({
      price: "2",
      barcode: unique("8"),
      allergens: { gluten: "contains", milk: "free", eggs: "free" },
    });
    const next = { barcode: null, allergens: { milk: "may_contain", eggs: null } };
    const changed = await patch(`/items/${item.id}`, 1, next);
    expect(changed.headers.get("etag")).toBe('"2"');
    expect(changed.body).toEqual({
      ...item,
      barcode: null,
      allergens: { gluten: "contains", milk: "may_contain" },
      version: 2,
    });
  });

  test("categories and suppliers are renamed, and the order of a category changes", async () => {
    const { body: category } = await post("/categories", { name: unique("Dry"), order: "fifo" });
    const changed = await patch(`/categories/${category.id}`, 1, { order: "fefo" });
    expect(changed.body).toEqual({ ...category, order: "fefo", version: 2 });
    const { body: supplier } = await post("/suppliers", { name: unique("Farm") });
    const renamed = await patch(`/suppliers/${supplier.id}`, 1, { name: unique("Farm") });
    expect(renamed.body.version).toBe(2);
    expect((await get(`/suppliers/${supplier.id}`)).body).toEqual(renamed.body);
    expect((await get(`/categories/${category.id}`)).body).toEqual(changed.body);
  });

  test("an item's filters narrow its list", async () => {
    const { body: category } = await post("/categories", { name: unique("Spices"), order: "fifo" });
    const barcode = unique("77");
    const item = await addItem({ categoryId: category.id, barcode, kind: "product" });
    const other = await addItem({ categoryId: category.id });
    const idsOf = async (query: string) => {
      const { body } = await get(`/items?${query}`);
      return body.data.map(({ id }: { id: string }) => id);
    };
    expect(await idsOf(`categoryId=${category.id}`)).toEqual([item.id, other.id]);
    expect(await idsOf(`categoryId=${category.id}&kind=product`)).toEqual([item.id]);
    expect(await idsOf(`barcode=${encodeURIComponent(barcode)}`)).toEqual([item.id]);
  });

  test("lists are walked page by page without a gap", async () => {
    const made = [];
    for (let i = 0; i < 3; i++)
      made.push((await post("/suppliers", { name: unique("Farm") })).body);
    const seen = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = await get(`/suppliers?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.body.data);
      cursor = page.body.next;
    }
    expect(seen).toEqual(expect.arrayContaining(made));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
  });

  test("what is archived is found by id, and in lists only when asked for", async () => {
    const item = await addItem();
    await remove(`/items/${item.id}`, 1);
    const archived = { ...item, archived: true, version: 2 };
    expect((await get(`/items/${item.id}`)).body).toEqual(archived);
    expect((await get("/items?limit=200")).body.data).not.toContainEqual(archived);
    expect((await get("/items?limit=200&archived=true")).body.data).toContainEqual(archived);
  });

  test("an item's conversions are listed, and read one by one", async () => {
    const item = await addItem();
    const path = `/items/${item.id}/conversions`;
    const { body } = await post(path, { from: "sack", to: "kg", numerator: 25, denominator: 1 });
    expect((await get(path)).body).toEqual({ data: [body], next: null });
    expect((await get(`${path}/${body.id}`)).body).toEqual(body);
    const line = (await findItemsForLines(web.app.db, [item.id])).get(item.id);
    expect(line?.conversions).toEqual([
      { from: "sack", to: "kg", numerator: 25n, denominator: 1n },
    ]);
  });
});

describe("204", () => {
  test("archiving hides a record", async () => {
    const { body: category } = await post("/categories", { name: unique("Old"), order: "fifo" });
    const { body: supplier } = await post("/suppliers", { name: unique("Old") });
    expect((await remove(`/categories/${category.id}`, 1)).status).toBe(204);
    expect((await remove(`/suppliers/${supplier.id}`, 1)).status).toBe(204);
    expect((await get(`/categories/${category.id}`)).body.archived).toBe(true);
  });

  test("a conversion is gone once deleted", async () => {
    const item = await addItem();
    const path = `/items/${item.id}/conversions`;
    const { body } = await post(path, { from: "sack", to: "kg", numerator: 25, denominator: 1 });
    expect((await ask("DELETE", `${path}/${body.id}`)).status).toBe(204);
    expect((await get(`${path}/${body.id}`)).status).toBe(404);
    expect((await ask("DELETE", `${path}/${body.id}`)).status).toBe(404);
  });
});

describe("404", () => {
  test.each(["items", "categories", "suppliers"])(
    "%s that nobody made are missing",
    async (noun) => {
      const path = `/${noun}/${newId()}`;
      expect((await get(path)).status).toBe(404);
      expect((await get(`/${noun}/x`)).status).toBe(404);
      expect((await patch(path, 1, { name: "New" })).status).toBe(404);
      expect((await remove(path, 1)).status).toBe(404);
    },
  );

  test("a missing item has no conversions, and another item's look missing", async () => {
    const pack = { from: "box", to: "kg", numerator: 1, denominator: 1 };
    const path = `/items/${newId()}/conversions`;
    expect((await get(path)).status).toBe(404);
    expect((await post(path, pack)).status).toBe(404);
    const [item, other] = [await addItem(), await addItem()];
    const { body } = await post(`/items/${item.id}/conversions`, pack);
    expect((await get(`/items/${other.id}/conversions/${body.id}`)).status).toBe(404);
  });
});

async function codeOf(asking: Promise<{ status: number; body: { code: string } }>) {
  const { status, body } = await asking;
  return `${status} ${body.code}`;
}

describe("409", () => {
  test("a name in use is refused whatever its case and the space around it", async () => {
    const item = await addItem();
    const name = ` ${item.name.toUpperCase()} `;
    expect(await codeOf(post("/items", aMaterial({ name })))).toBe("409 catalog.name_taken");
    const other = await addItem();
    const renaming = patch(`/items/${other.id}`, 1, { name });
    expect(await codeOf(renaming)).toBe("409 catalog.name_taken");
    const category = { name: unique("Dairy"), order: "fifo" };
    await post("/categories", category);
    expect(await codeOf(post("/categories", category))).toBe("409 catalog.name_taken");
    const supplier = { name: unique("Mill") };
    await post("/suppliers", supplier);
    expect(await codeOf(post("/suppliers", supplier))).toBe("409 catalog.name_taken");
  });

  test("a barcode in use is refused", async () => {
    const barcode = unique("400");
    await addItem({ barcode });
    expect(await codeOf(post("/items", aMaterial({ barcode })))).toBe("409 catalog.barcode_taken");
  });

  test("an id with another body is refused, and the id of an archived record too", async () => {
    const item = await addItem();
    const { id, name } = item;
    const other = aMaterial({ id });
    expect(await codeOf(post("/items", other))).toBe("409 catalog.id_taken");
    await remove(`/items/${id}`, 1);
    expect(await codeOf(post("/items", aMaterial({ id, name })))).toBe("409 catalog.id_taken");
  });

  test("the unit stays from the first movement on, the rest may still change", async () => {
    const item = await addItem();
    expect((await patch(`/items/${item.id}`, 1, { unit: "g" })).body.unit).toBe("g");
    await lock(item.id);
    await lock(item.id);
    const changing = patch(`/items/${item.id}`, 2, { unit: "kg" });
    expect(await codeOf(changing)).toBe("409 catalog.unit_locked");
    const density = await patch(`/items/${item.id}`, 2, { unit: "g", density: "0.6" });
    expect(density.body).toMatchObject({ unit: "g", density: "0.6", version: 3 });
  });

  test("an archived record does not change", async () => {
    const item = await addItem();
    await remove(`/items/${item.id}`, 1);
    expect(await codeOf(patch(`/items/${item.id}`, 2, { price: "1" }))).toBe(
      "409 catalog.archived",
    );
    expect(await codeOf(remove(`/items/${item.id}`, 2))).toBe("409 catalog.archived");
    const pack = { from: "box", to: "kg", numerator: 1, denominator: 3 };
    const adding = post(`/items/${item.id}/conversions`, pack);
    expect(await codeOf(adding)).toBe("409 catalog.archived");
  });

  test("a second path that disagrees is refused with the pack or piece weight", async () => {
    const item = await addItem({ unit: "piece", pieceWeight: "50" });
    const path = `/items/${item.id}/conversions`;
    await post(path, { from: "box", to: "piece", numerator: 9, denominator: 1 });
    const light = { from: "g", to: "box", numerator: 1, denominator: 400 };
    expect(await codeOf(post(path, light))).toBe("409 catalog.unit_disagrees");
    expect((await post(path, { ...light, denominator: 450 })).status).toBe(201);
    const heavier = patch(`/items/${item.id}`, 1, { pieceWeight: "60" });
    expect(await codeOf(heavier)).toBe("409 catalog.unit_disagrees");
    const without = patch(`/items/${item.id}`, 1, { pieceWeight: null });
    expect(await codeOf(without)).toBe("409 catalog.unit_bridge");
    const again = post(path, { from: "box", to: "kg", numerator: 1, denominator: 2 });
    expect(await codeOf(again)).toBe("409 catalog.pack_taken");
  });

  test("of two packs saved at once that contradict each other one is refused", async () => {
    const item = await addItem({ unit: "kg" });
    const path = `/items/${item.id}/conversions`;
    const answers = await Promise.all([
      post(path, { from: "box", to: "crate", numerator: 1, denominator: 4 }),
      post(path, { from: "crate", to: "box", numerator: 5, denominator: 1 }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });
});

describe("412", () => {
  test("a change or an archiving of an old version is refused", async () => {
    const item = await addItem();
    await patch(`/items/${item.id}`, 1, { price: "2" });
    expect(await codeOf(patch(`/items/${item.id}`, 1, { price: "3" }))).toBe("412 catalog.stale");
    expect(await codeOf(remove(`/items/${item.id}`, 1))).toBe("412 catalog.stale");
    const { body } = await post("/categories", { name: unique("Dry"), order: "fifo" });
    expect(await codeOf(patch(`/categories/${body.id}`, 7, { order: "fefo" }))).toBe(
      "412 catalog.stale",
    );
  });

  test("of two changes at once one is refused", async () => {
    const item = await addItem();
    const answers = await Promise.all(
      ["2", "3"].map((price) => patch(`/items/${item.id}`, 1, { price })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
});

describe("428", () => {
  test("a change and an archiving must say which version they saw", async () => {
    const item = await addItem();
    const body = { price: "2" };
    expect((await ask("PATCH", `/items/${item.id}`, { body })).status).toBe(428);
    expect((await ask("DELETE", `/items/${item.id}`)).status).toBe(428);
  });
});

describe("422", () => {
  const pointersOf = async (body: object) => {
    const answer = await post("/items", aMaterial(body));
    expect(answer.status).toBe(422);
    return answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
  };

  test.each([
    [{ name: " " }, "/name"],
    [{ name: "x".repeat(121) }, "/name"],
    [{ kind: "service" }, "/kind"],
    [{ unit: "box" }, "/unit"],
    [{ price: "-1" }, "/price"],
    [{ price: "0.1234567" }, "/price"],
    [{ density: "0" }, "/density"],
    [{ shelfLifeDays: 1.5 }, "/shelfLifeDays"],
    [{ allergens: { gluten: "maybe" } }, "/allergens/gluten"],
    [{ allergens: { wheat: "contains" } }, "/allergens/wheat"],
    [{ colour: "white" }, "/colour"],
    [{ taxCode: "nobody-knows" }, "/taxCode"],
    [{ categoryId: newId() }, "/categoryId"],
  ])("%j names the field that is wrong", async (body, pointer) => {
    expect(await pointersOf(body)).toEqual([pointer]);
  });

  test("a patch is checked like a create, and an empty one is refused", async () => {
    const item = await addItem();
    const unknown = await patch(`/items/${item.id}`, 1, { taxCode: "nobody-knows" });
    expect(unknown.body.errors[0].pointer).toBe("/taxCode");
    expect((await patch(`/items/${item.id}`, 1, {})).status).toBe(422);
    expect((await patch(`/items/${item.id}`, 1, { name: null })).status).toBe(422);
  });

  test("an archived category takes no new item but keeps its own", async () => {
    const { body } = await post("/categories", { name: unique("Old"), order: "fefo" });
    const item = await addItem({ categoryId: body.id });
    await remove(`/categories/${body.id}`, 1);
    expect(await pointersOf({ categoryId: body.id })).toEqual(["/categoryId"]);
    expect((await patch(`/items/${item.id}`, 1, { price: "2" })).status).toBe(200);
  });

  test.each([
    [{ from: "box", to: "box" }, "catalog.pack_same"],
    [{ from: "l", to: "kg" }, "catalog.pack_standard"],
    [{ from: "Kg", to: "kg" }, "catalog.pack_lookalike"],
    [{ from: "box", to: "kg", numerator: 0 }, "http.validation"],
    [{ from: "box", to: "kg", denominator: 1e13 }, "http.validation"],
    [{ from: "box", to: "kg", denominator: 1.5 }, "http.validation"],
  ])("the conversion %j is none", async (body, code) => {
    const item = await addItem();
    const path = `/items/${item.id}/conversions`;
    const adding = post(path, { numerator: 1, denominator: 1, ...body });
    expect(await codeOf(adding)).toBe(`422 ${code}`);
  });

  test.each(["kind=service", "categoryId=x", "archived=maybe", "limit=0", "cursor=x", "nobody=1"])(
    "a list asked with %s is refused",
    async (query) => expect((await get(`/items?${query}`)).status).toBe(422),
  );
});
