import { lockUnit } from "#modules/catalog/index.ts";
import { testDatabase } from "./postgres.ts";
import { openTestWeb, type TestWeb } from "./web.ts";

/** A web of the test file's own, with short words for asking the catalogue. */
export async function openPantry() {
  const database = await testDatabase();
  const web = openTestWeb(database.appUrl);
  const { client, app } = web;
  return {
    app,
    ask: (...given: Parameters<TestWeb["client"]["ask"]>) => client.ask(...given),
    get: (path: string) => client.get(path),
    post: (path: string, body: unknown) => client.post(path, body),
    patch: (path: string, version: number, body: unknown) => client.patch(path, version, body),
    remove: (path: string, version: number) => client.delete(path, version),
    addItem: async (more: object = {}) => (await client.post("/items", aMaterial(more))).body,
    /** What the item's first movement does. */
    lock: (id: string) => app.db.withTransaction((tx) => lockUnit(tx, [id])),
    async close() {
      await web.close();
      await database.drop();
    },
  };
}

let names = 0;

/** A name no other record of this file has. */
export function unique(word: string): string {
  return `${word} ${++names}`;
}

export function aMaterial<T extends object>(more: T = {} as T) {
  return { name: unique("Flour"), kind: "material", stocking: "stocked", unit: "kg", ...more };
}
