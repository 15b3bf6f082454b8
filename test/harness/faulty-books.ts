import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { verifyStock } from "#modules/stock/index.ts";
import { type FullBooks, keepFullBooks } from "./full-books.ts";
import { type TestDatabase, testDatabase } from "./postgres.ts";
import { contextOf, corrupt } from "./stock-books.ts";
import { openTestWeb, type TestWeb } from "./web.ts";

export interface Fault {
  readonly name: string;
  /** One after the other: table, SQL, values. */
  changes(books: FullBooks): readonly (readonly [string, string, ...unknown[]])[];
  readonly table: string;
  readonly problem: RegExp;
}

/** Plants each fault in sound books and lets verify find it, at whichever site. */
export function testFaults(title: string, faults: readonly Fault[]): void {
  let database: TestDatabase;
  let web: TestWeb;
  let owner: pg.Client;

  beforeAll(async () => {
    database = await testDatabase();
    web = openTestWeb(database.appUrl);
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await web.close();
    await database.drop();
  });

  /** The first broken row of either site. */
  async function brokenOf({ here, there }: FullBooks) {
    for (const siteId of [here, there]) {
      const { broken } = await verifyStock(contextOf(web.app), { siteId });
      if (broken !== null) return broken;
    }
    return null;
  }

  describe(title, () => {
    test("are sound", async () => {
      expect(await brokenOf(await keepFullBooks(web.client))).toBeNull();
    });

    for (const { name, changes, table, problem } of faults) {
      test(`verify names ${name}`, async () => {
        const books = await keepFullBooks(web.client);
        expect(await brokenOf(books)).toBeNull();
        for (const [of, sql, ...values] of changes(books)) await corrupt(owner, of, sql, ...values);
        const broken = await brokenOf(books);
        expect(broken?.table).toBe(table);
        expect(broken?.problem).toMatch(problem);
      });
    }
  });
}
