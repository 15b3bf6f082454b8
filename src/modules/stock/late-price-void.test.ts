import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let web: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
}, 60_000);

afterAll(async () => {
  await web.close();
  await database.drop();
});

/** As if a late price had taken so much from the cost of each line of a sale. */
async function lower(saleId: string, value: string): Promise<void> {
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    const { rows } = await owner.query(
      `select m.id, m.item_id, m.site_id, m.source_line_id, m.effective_at, a.layer_id, -a.quantity
         as quantity
       from stock.movements m join stock.allocations a on a.movement_id = m.id
       where m.source_id = $1`,
      [saleId],
    );
    for (const row of rows) {
      await owner.query(
        `insert into stock.cost_adjustments (id, kind, item_id, site_id, layer_id, movement_id,
           source_id, source_line_id, quantity, value, correction_id, effective_at)
         values ($1, 'sale', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          newId(),
          row.item_id,
          row.site_id,
          row.layer_id,
          row.id,
          saleId,
          row.source_line_id,
          row.quantity,
          value,
          newId(),
          row.effective_at,
        ],
      );
    }
  } finally {
    await owner.end();
  }
}

test("a void asks a layer for no more than it has, whatever all its lines owe together", async () => {
  const { siteId } = await bakery.openShop(web.client);
  const itemId = await bakery.addItem(web.client);
  await bakery.receive(web.client, siteId, [{ itemId, quantity: "10", totalCost: "1.00" }]);
  const line = { itemId, quantity: "2" };
  const sale = await bakery.sell(web.client, siteId, [line, line]);
  // The layer will have 1.00 again: each line alone could be given its -0.70, both cannot.
  await lower(sale.id, "-0.7");
  const { status } = await web.client.post(`/sales/${sale.id}/void`, { reason: "x" }, bakery.key());
  expect(status).toBe(200);
  expect(await bakery.balanceOf(web.client, siteId, itemId)).toEqual({
    quantity: "10",
    value: "0",
  });
});
