import { afterAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { aMaterial, openPantry, unique } from "../../../test/harness/pantry.ts";

const pantry = await openPantry();
const { addItem, ask, get, lock, patch, post, remove } = pantry;
afterAll(() => pantry.close());

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

  test("unit and stocking stay from the first movement on, the rest may still change", async () => {
    const item = await addItem();
    expect((await patch(`/items/${item.id}`, 1, { unit: "g" })).body.unit).toBe("g");
    await lock(item.id);
    await lock(item.id);
    const changing = patch(`/items/${item.id}`, 2, { unit: "kg" });
    expect(await codeOf(changing)).toBe("409 catalog.unit_locked");
    const leaving = patch(`/items/${item.id}`, 2, { stocking: "none" });
    expect(await codeOf(leaving)).toBe("409 catalog.stocking_locked");
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
