import { afterAll, beforeAll, expect, test } from "bun:test";
import { constraintOf, statement, type Tx } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import { type TestDatabase, testDatabase } from "../../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../../test/harness/web.ts";
import { allergenNames } from "../model/items.ts";
import { findItem, type ItemFields, insertItem, lockItem, lockUnit } from "./items.ts";

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

const inTx = <T>(work: (tx: Tx) => Promise<T>) => web.app.db.withTransaction(work);

async function addItem(): Promise<string> {
  const id = newId();
  const nothing = { categoryId: null, price: null, taxCode: null, barcode: null };
  const unknown = { reorderLevel: null, shelfLifeDays: null, density: null, pieceWeight: null };
  const kind = { kind: "material", stocking: "stocked", unit: "kg" } as const;
  const item: ItemFields = { id, name: id, ...kind, ...nothing, ...unknown, allergens: {} };
  await inTx((tx) => insertItem(tx, item));
  return id;
}

const setAllergens = statement(
  "test_set_allergens",
  "update catalog.items set allergens = $2 where id = $1",
);

async function refusalOf(id: string, allergens: unknown): Promise<string | undefined> {
  try {
    await inTx((tx) => tx.run(setAllergens, [id, JSON.stringify(allergens)]));
    return undefined;
  } catch (error) {
    return constraintOf(error);
  }
}

test("the table knows the same allergens and words as the model", async () => {
  const id = await addItem();
  const all = Object.fromEntries(allergenNames.map((name) => [name, "contains"]));
  expect(await refusalOf(id, all)).toBeUndefined();
  expect(await refusalOf(id, { milk: "may_contain", eggs: "free" })).toBeUndefined();
  expect(await refusalOf(id, { wheat: "contains" })).toBe("items_allergens");
  expect(await refusalOf(id, { milk: "maybe" })).toBe("items_allergens");
  expect(await refusalOf(id, { milk: 1 })).toBe("items_allergens");
  expect(await refusalOf(id, { milk: ["contains"] })).toBe("items_allergens");
  expect(await refusalOf(id, ["milk"])).toBe("items_allergens");
  expect((await findItem(web.app.db, id))?.allergens).toEqual({
    milk: "may_contain",
    eggs: "free",
  });
});

test("first movements of the same items in opposite order never deadlock", async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, addItem));
  const rounds = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? ids : ids.toReversed()));
  await Promise.all(rounds.map((order) => inTx((tx) => lockUnit(tx, order))));
  const locked = await inTx((tx) => Promise.all(ids.map((id) => lockItem(tx, id))));
  expect(locked.every((found) => found?.unitLocked)).toBe(true);
});
