import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { newId } from "#platform/id.ts";
import { type FullBooks, keepFullBooks } from "../../../test/harness/full-books.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { contextOf, corrupt } from "../../../test/harness/stock-books.ts";
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

/** The first broken row of either site. */
async function brokenOf({ here, there }: FullBooks) {
  for (const siteId of [here, there]) {
    const { broken } = await verifyStock(contextOf(web.app), { siteId });
    if (broken !== null) return broken;
  }
  return null;
}

interface Fault {
  readonly name: string;
  /** One after the other: table, SQL, values. */
  changes(books: FullBooks): readonly (readonly [string, string, ...unknown[]])[];
  readonly table: string;
  readonly problem: RegExp;
}

/** Value that appears everywhere at once: movement, allocation, layer and balance agree. */
const withValue = (where: string, by: string, ...values: unknown[]) =>
  [
    ["movements", `update stock.movements m set value = value + ${by} where ${where}`, ...values],
    [
      "allocations",
      `update stock.allocations a set value = a.value + ${by} from stock.movements m
       where m.id = a.movement_id and ${where}`,
      ...values,
    ],
    [
      "layers",
      `update stock.layers l set value = l.value + ${by}
       from stock.allocations a, stock.movements m
       where l.id = a.layer_id and a.movement_id = m.id and ${where}`,
      ...values,
    ],
    [
      "balances",
      `update stock.balances b set value = b.value + ${by} from stock.movements m
       where b.item_id = m.item_id and b.site_id = m.site_id and ${where}`,
      ...values,
    ],
  ] as const;

const ofSale = "m.source_line_id = $1 and m.type";

const faults: readonly Fault[] = [
  {
    name: "a layer that is younger than what was carried",
    changes: ({ arrived }) => [
      [
        "layers",
        "update stock.layers set effective_at = effective_at - interval '1 hour' where id = $1",
        arrived,
      ],
    ],
    table: "stock.genealogy",
    problem: /another lot or age/,
  },
  {
    name: "a layer that arrived before it was carried",
    changes: ({ arrived }) => [
      [
        "layers",
        "update stock.layers set arrived_at = arrived_at - interval '1 hour' where id = $1",
        arrived,
      ],
    ],
    table: "stock.movements",
    problem: /bring in/,
  },
  {
    name: "a transfer without its edge",
    changes: ({ arrived }) => [
      ["genealogy", "delete from stock.genealogy where produced_layer_id = $1", arrived],
    ],
    table: "stock.genealogy",
    problem: /edges/,
  },
  {
    name: "a transfer whose edge leads to a layer of its own site",
    changes: ({ arrived, layers }) => [
      [
        "genealogy",
        "update stock.genealogy set produced_layer_id = $2 where produced_layer_id = $1",
        arrived,
        layers[2],
      ],
    ],
    table: "stock.genealogy",
    problem: /did not bring/,
  },
  {
    name: "more value arriving than was sent, its own site agreeing",
    changes: ({ transfer, arrived }) => [
      ...withValue("m.source_id = $1 and m.type = 'transfer_in'", "1", transfer),
      ["layers", "update stock.layers set value_in = value_in + 1 where id = $1", arrived],
    ],
    table: "stock.movements",
    problem: /than its transfer took/,
  },
  {
    name: "a refund of a line that took nothing",
    changes: ({ saleLine }) => [
      [
        "movements",
        `update stock.movements m set source_line_id = $2 where ${ofSale} = 'refund'`,
        saleLine,
        newId(),
      ],
    ],
    table: "stock.allocations",
    problem: /more than its line took/,
  },
  {
    name: "a refund worth a millionth more than its line has not got back",
    changes: ({ saleLine }) =>
      withValue(`${ofSale} = 'refund' and m.quantity = 0.5`, "0.000001", saleLine),
    table: "stock.allocations",
    problem: /has not got back/,
  },
  {
    name: "a write-off without its refund",
    changes: ({ saleLine }) => [
      [
        "movements",
        `update stock.movements m set source_id = $2 where ${ofSale} = 'refund_waste'`,
        saleLine,
        newId(),
      ],
    ],
    table: "stock.movements",
    problem: /what its refund gave back/,
  },
  {
    name: "a receipt's reversal out of the layer of another line",
    changes: ({ receiptLines }) => [
      [
        "movements",
        `update stock.movements m set source_line_id = $2
         where m.source_line_id = $1 and m.type = 'receipt_reversal'`,
        receiptLines[2],
        receiptLines[1],
      ],
    ],
    table: "stock.allocations",
    problem: /order|eligible/,
  },
  {
    name: "a reversal of another kind than its original",
    changes: ({ wasteId }) => [
      [
        "movements",
        "update stock.movements set type = 'count_reversal' where source_id = $1 and reverses is not null",
        wasteId,
      ],
    ],
    table: "stock.movements",
    problem: /not of its kind/,
  },
  {
    name: "stock that was less than nothing for an hour",
    changes: ({ wasteId }) => [
      [
        "movements",
        `update stock.movements set effective_at = effective_at + interval '1 hour'
         where source_id = $1 and reverses is not null`,
        wasteId,
      ],
    ],
    table: "stock.balances",
    problem: /less than nothing/,
  },
  {
    name: "a late price that adds up to more than its difference",
    changes: ({ correction }) => [
      [
        "cost_adjustments",
        "update stock.cost_adjustments set value = value + 1 where correction_id = $1",
        correction,
      ],
    ],
    table: "stock.price_corrections",
    problem: /another value/,
  },
  {
    name: "a correction that says another sum than its parts",
    changes: ({ correction }) => [
      [
        "price_corrections",
        "update stock.price_corrections set sale_value = sale_value - 0.01 where id = $1",
        correction,
      ],
    ],
    table: "stock.price_corrections",
    problem: /sales/,
  },
  {
    name: "value that a layer got for nothing",
    changes: ({ correction }) => [
      [
        "movements",
        "update stock.movements set source_id = $2 where source_id = $1 and type = 'adjustment'",
        correction,
        newId(),
      ],
    ],
    table: "stock.movements",
    problem: /no late price/,
  },
  {
    name: "a void that takes back more of a late price than the layer got",
    changes: ({ voided }) => [
      [
        "cost_adjustments",
        "update stock.cost_adjustments set value = value - 1 where source_id = $1 and correction_id is null",
        voided,
      ],
    ],
    table: "stock.cost_adjustments",
    problem: /takes back/,
  },
  {
    name: "a layer that is held though its hold ended",
    changes: ({ layers }) => [
      ["layers", "update stock.layers set is_held = true where id = $1", layers[1]],
    ],
    table: "stock.layers",
    problem: /held/,
  },
  {
    name: "an issue that passed over a layer that was not held",
    changes: ({ layers }) => [
      ["layer_holds", "delete from stock.layer_holds where layer_id = $1", layers[1]],
    ],
    table: "stock.allocations",
    problem: /first eligible/,
  },
  {
    name: "an issue from a layer that was held",
    changes: ({ layers }) => [
      [
        "layer_holds",
        "update stock.layer_holds set seq = 1 where layer_id = $1 and is_held",
        layers[1],
      ],
    ],
    table: "stock.allocations",
    problem: /eligible/,
  },
  {
    name: "a shortfall that was cancelled by more than its rows",
    changes: ({ shortLine }) => [
      [
        "shortfall_cancellations",
        `update stock.shortfall_cancellations set quantity = quantity - 0.5
         where shortfall_id in (select id from stock.shortfalls where source_line_id = $1)`,
        shortLine,
      ],
    ],
    table: "stock.shortfalls",
    problem: /cancelled/,
  },
  {
    name: "a movement that goes the wrong way",
    changes: ({ transfer }) => [
      [
        "movements",
        "update stock.movements set type = 'refund' where source_id = $1 and type = 'transfer_out'",
        transfer,
      ],
    ],
    table: "stock.movements",
    problem: /wrong way/,
  },
];

describe("books of two sites with everything that moves, comes back or is corrected", () => {
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
