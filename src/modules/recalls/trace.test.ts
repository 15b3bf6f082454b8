import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as bakery from "../../../test/harness/bakery.ts";
import {
  bruteClosure,
  type Edge,
  lotNumbered,
  readEdges,
  seedGenealogy,
} from "../../../test/harness/genealogy.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

interface Told {
  readonly id: string;
  readonly level: number;
  readonly parts: readonly { readonly lotId: string; readonly quantity: string }[];
}

async function traced(web: TestWeb, lot: string, direction: string): Promise<Told[]> {
  const found: Told[] = [];
  let cursor = "";
  do {
    const path = `/stock/lots/${lot}/trace?direction=${direction}&limit=200${cursor}`;
    const page = await bakery.read(web.client, path);
    found.push(...page.data);
    cursor = page.next === null ? "" : `&cursor=${page.next}`;
  } while (cursor !== "");
  return found;
}

// Made-up families of lots with transfers, reversals and edges of nothing; each seed another one.
describe.each([1, 2, 3])("the family of seed %p", (seed) => {
  let database: TestDatabase;
  let web: TestWeb;
  let edges: Edge[];

  beforeAll(async () => {
    database = await testDatabase();
    web = openTestWeb(database.appUrl);
    await seedGenealogy(database.ownerUrl, {
      families: 2,
      levels: 5,
      lotsPerLevel: 40,
      parts: 3,
      reversedEvery: 2 + seed,
      transferredEvery: 4,
      seed,
    });
    edges = await readEdges(database.appUrl);
  }, 60_000);
  afterAll(async () => {
    await web.close();
    await database.drop();
  });

  for (const direction of ["forward", "backward"] as const) {
    test(`${direction}: a trace is exactly what walking all edges finds`, async () => {
      const lots = direction === "forward" ? [0, 1, 7, 41, 42] : [200, 180, 90, 1, 401];
      for (const lot of lots.map(lotNumbered)) {
        const brute = bruteClosure(edges, lot, direction);
        const found = await traced(web, lot, direction);
        const levels = found.map(({ id, level }) => [id, level] as const);
        expect(Object.fromEntries(levels)).toEqual(Object.fromEntries(brute.levels));
        expect(levels.length).toBe(brute.levels.size);
        const inOrder = levels.toSorted(([a, i], [b, j]) => i - j || (a < b ? -1 : 1));
        expect(levels).toEqual(inOrder);
        const quantities = found.flatMap(({ id, parts }) =>
          parts.map((part) => [`${part.lotId} ${id}`, Math.round(Number(part.quantity) * 1000)]),
        );
        expect(Object.fromEntries(quantities)).toEqual(Object.fromEntries(brute.quantities));
      }
    }, 60_000);
  }

  test("some edges were taken back, and some lots are out of reach", async () => {
    expect(edges.some(({ thousandths }) => thousandths < 0)).toBe(true);
    expect(bruteClosure(edges, lotNumbered(0), "forward").levels.size).toBeLessThan(201);
    expect(bruteClosure(edges, lotNumbered(0), "forward").levels.size).toBeGreaterThan(50);
  });
});
