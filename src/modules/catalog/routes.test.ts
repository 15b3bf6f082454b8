import { afterAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { aMaterial, openPantry, unique } from "../../../test/harness/pantry.ts";
import { findItemsForLines } from "./index.ts";

const pantry = await openPantry();
const { addItem, app, ask, get, patch, post, remove } = pantry;
afterAll(() => pantry.close());

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
    const lines = await findItemsForLines(app.db, [made.body.id, newId()]);
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
    const line = (await findItemsForLines(app.db, [item.id])).get(item.id);
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
