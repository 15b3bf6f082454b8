import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { GUEST_ACTOR } from "#platform/context.ts";
import { statement } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import {
  consume,
  lockBalances,
  mirror,
  postingMoment,
  receive,
  recordShortfalls,
  verifyStock,
} from "./index.ts";

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

const ctx = () => ({ app: web.app, actor: GUEST_ACTOR, traceId: "t", now: web.app.now, log: web.app.log });

const insertEdge = statement(
  "test_edge",
  `insert into stock.genealogy select a.movement_id, a.layer_id, $2, -a.quantity, -a.value
   from stock.allocations a where a.movement_id = $1`,
);

interface Books {
  readonly siteId: string;
  readonly flour: string;
  readonly bread: string;
  readonly layers: readonly string[];
  readonly lotId: string;
  readonly sale: string;
  readonly reversal: string;
  readonly consumption: string;
  readonly produced: string;
  readonly shortfall: string;
  readonly settlement: string;
}

/** Sound books of a site with one of everything that verify looks at. */
async function keepBooks(): Promise<Books> {
  const { client, app } = web;
  const { siteId } = await bakery.openShop(client);
  const flour = await bakery.addItem(client);
  const bread = await bakery.addItem(client, { kind: "product", unit: "piece" });
  const ids = { sale: newId(), consumption: newId(), produced: newId(), shortfall: newId() };
  const run = newId();
  const receipt = await bakery.receive(client, siteId, [
    { itemId: flour, quantity: "3", totalCost: "10" },
    { itemId: flour, quantity: "5", totalCost: "20" },
  ]);
  const reversal = await app.db.withTransaction(async (tx) => {
    const moment = await postingMoment(tx, ctx(), siteId);
    const locked = await lockBalances(tx, siteId, [flour, bread]);
    const posting = { ...moment, siteId, eligibility: "eligible", allowShort: false } as const;
    const taking = (movementId: string, quantity: string) => [{ movementId, itemId: flour, quantity }];
    const sale = { ...posting, type: "sale", sourceId: newId() } as const;
    await consume(tx, ctx(), { ...sale, lines: taking(ids.sale, "1") });
    const undo = { ...moment, type: "void", sourceId: sale.sourceId, movementIds: [ids.sale] } as const;
    const [pair] = await mirror(tx, ctx(), undo);
    const consumption = { ...posting, type: "consumption", sourceId: run } as const;
    await consume(tx, ctx(), { ...consumption, lines: taking(ids.consumption, "4") });
    const line = { lotId: newId(), layerId: ids.produced, movementId: newId(), itemId: bread };
    const lines = [{ ...line, quantity: "6", value: "14" }];
    const output = { ...moment, siteId, type: "output", origin: "run", sourceId: run, lines } as const;
    await receive(tx, ctx(), output, locked);
    await tx.run(insertEdge, [ids.consumption, ids.produced]);
    const sold = { id: ids.shortfall, itemId: flour, quantity: "2", sourceLineId: newId() };
    const { effectiveAt } = moment;
    await recordShortfalls(tx, { siteId, sourceId: newId(), effectiveAt, lines: [sold] });
    return pair?.movementId ?? "";
  });
  await bakery.receive(client, siteId, [{ itemId: flour, quantity: "1", totalCost: "4" }]);
  const settled = `select movement_id from stock.settlements where shortfall_id = $1`;
  const { rows } = await owner.query(settled, [ids.shortfall]);
  const layers = receipt.lines.map((each: { layerId: string }) => each.layerId);
  const { lotId } = receipt.lines[0];
  return { siteId, flour, bread, layers, lotId, ...ids, reversal, settlement: rows[0].movement_id };
}

/** Changes the books as only their owner can. */
async function corrupt(table: string, sql: string, ...values: unknown[]): Promise<void> {
  await owner.query("begin");
  await owner.query(`alter table stock.${table} disable trigger user`);
  const { rowCount } = await owner.query(sql, values);
  await owner.query(`alter table stock.${table} enable trigger user`);
  await owner.query("commit");
  if (rowCount === 0) throw new Error("nothing was corrupted");
}

const verify = (siteId?: string) => verifyStock(ctx(), { siteId });

describe("sound books", () => {
  test("get a certificate that only a change changes", async () => {
    const { siteId, flour } = await keepBooks();
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
    sql: "update stock.layers set lot_id = $2 where id = $1",
    values: ({ produced, lotId }) => [produced, lotId],
    broken: ({ produced }) => ({ table: "stock.layers", id: produced }),
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
    broken: ({ flour, siteId }) => ({ table: "stock.balances", id: `${flour}/${siteId}`, actual: "5" }),
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
      const books = await keepBooks();
      expect((await verify(books.siteId)).broken).toBeNull();
      await corrupt(table, sql, ...values(books));
      const found = await verify(books.siteId);
      const { problem, ...expected } = broken(books) as Record<string, unknown>;
      expect(found).toMatchObject({ isSound: false, certificate: null, broken: expected });
      if (problem instanceof RegExp) expect(found.broken?.problem).toMatch(problem);
    });
  }

  test("a value that the take rule does not give, all sums agreeing", async () => {
    const { siteId, sale, reversal, layers } = await keepBooks();
    for (const [id, sign] of [[sale, -1], [reversal, 1]] as const) {
      const by = [id, sign * 0.000001];
      await corrupt("movements", "update stock.movements set value = value + $2 where id = $1", ...by);
      await corrupt("allocations", "update stock.allocations set value = value + $2 where movement_id = $1", ...by);
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

describe("orphans: a look at the whole books names", () => {
  const orphans: readonly [table: string, sql: string][] = [
    ["lots", "insert into stock.lots (id, item_id, origin, source_id) values ($1, $1, 'count', $1)"],
    ["allocations", "insert into stock.allocations values ($1, $1, 1, 1)"],
    ["genealogy", "insert into stock.genealogy values ($1, $1, $1, 1, 1)"],
    [
      "movements",
      `insert into stock.movements (id, type, item_id, site_id, quantity, value, effective_at,
         effective_on, actor, source_id)
       values ($1, 'waste', $1, $1, -1, 0, now(), now(), 'x', $1)`,
    ],
    [
      "layers",
      `insert into stock.layers (id, lot_id, item_id, site_id, quantity_in, value_in, quantity, value,
         effective_at) values ($1, $1, $1, $1, 1, 1, 1, 1, now())`,
    ],
    [
      "shortfalls",
      `insert into stock.shortfalls (id, item_id, site_id, quantity, open_quantity, effective_at,
         source_id, source_line_id) values ($1, $1, $1, 1, 1, now(), $1, $1)`,
    ],
  ];
  for (const [table, sql] of orphans) {
    test(`a row of ${table} that names nothing`, async () => {
      const own = await testDatabase();
      const client = new pg.Client({ connectionString: own.ownerUrl });
      const ownWeb = openTestWeb(own.appUrl);
      try {
        expect((await verifyStock({ ...ctx(), app: ownWeb.app })).broken).toBeNull();
        await client.connect();
        const id = newId();
        await client.query(sql, [id]);
        const { broken } = await verifyStock({ ...ctx(), app: ownWeb.app });
        expect(broken?.table).toBe(`stock.${table}`);
        expect(broken?.problem).toStartWith("names nothing");
        expect(broken?.id).toContain(id);
      } finally {
        await client.end();
        await ownWeb.close();
        await own.drop();
      }
    });
  }
});
