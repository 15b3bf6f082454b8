import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { type Books, contextOf, corrupt, keepBooks } from "../../../test/harness/stock-books.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { verifyStock } from "./index.ts";

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

const ctx = () => contextOf(web.app);

const verify = (siteId?: string) => verifyStock(ctx(), { siteId });

describe("sound books", () => {
  test("get a certificate that only a change changes", async () => {
    const { siteId, flour } = await keepBooks(web, owner);
    const first = await verify(siteId);
    expect(first).toMatchObject({
      isSound: true,
      broken: null,
      certificate: { balances: 2, layers: 4, movements: 8, allocations: 9, shortfalls: 1 },
    });
    const { certificate } = await verify(siteId);
    expect(certificate).toEqual(first.certificate);
    const withHeads = await verifyStock(ctx(), { siteId, chainHeads: ["a"] });
    expect(withHeads.certificate?.hash).not.toBe(certificate?.hash);
    await bakery.receive(web.client, siteId, [{ itemId: flour, quantity: "1", totalCost: "1" }]);
    expect((await verify(siteId)).certificate?.hash).not.toBe(certificate?.hash);
  });
});

interface Corruption {
  readonly name: string;
  readonly table: string;
  readonly sql: string;
  values(books: Books): unknown[];
  broken(books: Books): object;
}

const corruptions: Corruption[] = [
  {
    name: "a balance that is not the sum of its movements",
    table: "balances",
    sql: "update stock.balances set quantity = quantity + 1 where item_id = $1 and site_id = $2",
    values: ({ flour, siteId }) => [flour, siteId],
    broken: ({ flour, siteId }) => ({
      table: "stock.balances",
      id: `${flour}/${siteId}`,
      expected: "3",
      actual: "4",
    }),
  },
  {
    name: "a balance whose value is a millionth off",
    table: "balances",
    sql: "update stock.balances set value = value - 0.000001 where item_id = $1 and site_id = $2",
    values: ({ bread, siteId }) => [bread, siteId],
    broken: () => ({ table: "stock.balances", expected: "14", actual: "13.999999" }),
  },
  {
    name: "a movement that is not the sum of its allocations",
    table: "movements",
    sql: "update stock.movements set quantity = quantity - 1 where id = $1",
    values: ({ consumption }) => [consumption],
    broken: ({ consumption }) => ({ table: "stock.movements", id: consumption, expected: "-4" }),
  },
  {
    name: "an allocation that is gone",
    table: "allocations",
    sql: "delete from stock.allocations where movement_id = $1 and layer_id = $2",
    values: ({ consumption, layers }) => [consumption, layers[0]],
    broken: ({ consumption }) => ({ table: "stock.movements", id: consumption, expected: "-1" }),
  },
  {
    name: "a movement that is gone",
    table: "movements",
    sql: "delete from stock.movements where id = $1",
    values: ({ settlement }) => [settlement],
    broken: ({ layers }) => ({ table: "stock.layers", id: layers[1] }),
  },
  {
    name: "a layer that is not the sum of its allocations",
    table: "layers",
    sql: "update stock.layers set value = value + 1 where id = $1",
    values: ({ layers }) => [layers[1]],
    broken: ({ layers }) => ({ table: "stock.layers", id: layers[1], problem: /^value/ }),
  },
  {
    name: "a layer that says more came in than did",
    table: "layers",
    sql: "update stock.layers set quantity_in = quantity_in + 1 where id = $1",
    values: ({ layers }) => [layers[0]],
    broken: () => ({ table: "stock.movements", problem: /bring in/ }),
  },
  {
    name: "a layer whose lot is of another item",
    table: "layers",
    sql: `update stock.layers set lot_id = (select lot_id from stock.layers where id = $2)
          where id = $1`,
    values: ({ produced, layers }) => [layers[1], produced],
    broken: ({ layers }) => ({ table: "stock.layers", id: layers[1], problem: /lot/ }),
  },
  {
    name: "a reversal that does not mirror its original",
    table: "movements",
    sql: "update stock.movements set reverses = $2 where id = $1",
    values: ({ reversal, consumption }) => [reversal, consumption],
    broken: ({ reversal }) => ({ table: "stock.movements", id: reversal, problem: /mirror/ }),
  },
  {
    name: "a reversal that reverses nothing",
    table: "movements",
    sql: "update stock.movements set reverses = null where id = $1",
    values: ({ reversal }) => [reversal],
    broken: ({ reversal }) => ({ table: "stock.movements", id: reversal }),
  },
  {
    name: "a shortfall that is open though it was settled",
    table: "shortfalls",
    sql: "update stock.shortfalls set open_quantity = 1 where id = $1",
    values: ({ shortfall }) => [shortfall],
    broken: ({ shortfall }) => ({ table: "stock.shortfalls", id: shortfall, expected: "0" }),
  },
  {
    name: "a balance that does not know what is short",
    table: "balances",
    sql: "update stock.balances set short_quantity = 5 where item_id = $1 and site_id = $2",
    values: ({ flour, siteId }) => [flour, siteId],
    broken: ({ flour, siteId }) => ({
      table: "stock.balances",
      id: `${flour}/${siteId}`,
      actual: "5",
    }),
  },
  {
    name: "a settlement of another quantity than its movement",
    table: "settlements",
    sql: "update stock.settlements set quantity = 1 where movement_id = $1",
    values: ({ settlement }) => [settlement],
    broken: ({ settlement }) => ({ table: "stock.movements", id: settlement, problem: /settles/ }),
  },
  {
    name: "an edge that carries less than was consumed",
    table: "genealogy",
    sql: "update stock.genealogy set quantity = quantity - 1 where consumed_layer_id = $1",
    values: ({ layers }) => [layers[0]],
    broken: ({ layers, consumption }) => ({
      table: "stock.genealogy",
      id: `${consumption}/${layers[0]}`,
      expected: "3 worth 10",
      actual: "2 worth 10",
    }),
  },
  {
    name: "an edge that is gone",
    table: "genealogy",
    sql: "delete from stock.genealogy where movement_id = $1",
    values: ({ consumption }) => [consumption],
    broken: () => ({ table: "stock.genealogy", actual: "0 worth 0" }),
  },
  {
    name: "an edge to a layer that the run did not make",
    table: "genealogy",
    sql: "update stock.genealogy set produced_layer_id = $2 where movement_id = $1",
    values: ({ consumption, layers }) => [consumption, layers[0]],
    broken: () => ({ table: "stock.genealogy", problem: /did not make/ }),
  },
  {
    name: "a layer older than the movement that brought it in",
    table: "layers",
    sql: "update stock.layers set effective_at = effective_at - interval '1 day' where id = $1",
    values: ({ layers }) => [layers[1]],
    broken: () => ({ table: "stock.movements", problem: /bring in/ }),
  },
  {
    name: "an issue that took another layer than the first, movement and layer agreeing",
    table: "allocations",
    sql: `update stock.allocations set quantity = quantity + case layer_id when $2 then 1 else -1 end,
            value = value + case layer_id when $2 then 1 else -1 end
          where movement_id = $1`,
    values: ({ consumption, layers }) => [consumption, layers[0]],
    broken: ({ consumption, layers }) => ({
      table: "stock.allocations",
      id: `${consumption}/${layers[0]}`,
      expected: "3",
      actual: "2",
    }),
  },
  {
    name: "an issue that took what had expired",
    table: "layers",
    sql: "update stock.layers set expires_on = '2020-01-01' where id = $1",
    values: ({ layers }) => [layers[0]],
    broken: ({ sale, layers }) => ({ table: "stock.allocations", id: `${sale}/${layers[1]}` }),
  },
];

describe("broken books: verify names", () => {
  for (const { name, table, sql, values, broken } of corruptions) {
    test(name, async () => {
      const books = await keepBooks(web, owner);
      expect((await verify(books.siteId)).broken).toBeNull();
      await corrupt(owner, table, sql, ...values(books));
      const found = await verify(books.siteId);
      const { problem, ...expected } = broken(books) as Record<string, unknown>;
      expect(found).toMatchObject({ isSound: false, certificate: null, broken: expected });
      if (problem instanceof RegExp) expect(found.broken?.problem).toMatch(problem);
    });
  }

  test("a value that the take rule does not give, all sums agreeing", async () => {
    const { siteId, sale, reversal, layers } = await keepBooks(web, owner);
    for (const [id, sign] of [
      [sale, -1],
      [reversal, 1],
    ] as const) {
      const by = [id, sign * 0.000001];
      await corrupt(
        owner,
        "movements",
        "update stock.movements set value = value + $2 where id = $1",
        ...by,
      );
      await corrupt(
        owner,
        "allocations",
        "update stock.allocations set value = value + $2 where movement_id = $1",
        ...by,
      );
    }
    expect((await verify(siteId)).broken).toMatchObject({
      table: "stock.allocations",
      id: `${sale}/${layers[0]}`,
      problem: "does not have the value that the take rule gives it",
      expected: "-3.333333",
      actual: "-3.333334",
    });
  });
});
