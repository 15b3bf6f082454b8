import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import { lockBalances, postingMoment, receive } from "#modules/stock/index.ts";
import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { contextOf } from "../harness/stock-books.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
let looking: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  looking = new pg.Client({ connectionString: database.ownerUrl });
  await looking.connect();
});
afterAll(async () => {
  await looking.end();
  await web.close();
  await database.drop();
});

const waiting = `select from pg_locks join pg_stat_activity using (pid)
  where not granted and datname = current_database()`;

/** Settles a sale by goods dated a little ahead, while `work` waits for its balance. */
async function whileSettling(
  work: (sale: string, lineId: string) => ReturnType<typeof bakery.make>,
) {
  const { siteId, tillIds } = await bakery.openShop(web.client);
  const itemId = await bakery.addItem(web.client);
  const short = { tillId: tillIds[0], onShort: "record" };
  const sale = await bakery.sell(web.client, siteId, [{ itemId, quantity: "2" }], short);
  const ctx = contextOf(web.app);
  const soon = Date.now() + 120_000;
  let answer: ReturnType<typeof bakery.make> | undefined;
  await web.app.db.withTransaction(async (tx) => {
    const moment = await postingMoment(tx, ctx, siteId, new Date(soon).toISOString());
    const locked = await lockBalances(tx, siteId, [itemId]);
    answer = work(sale.id, sale.lines[0].id);
    while ((await looking.query(waiting)).rowCount === 0) await Bun.sleep(5);
    const ids = { lotId: newId(), layerId: newId(), movementId: newId() };
    const lines = [{ ...ids, itemId, quantity: "5", value: "10" }];
    const posting = { ...moment, siteId, sourceId: newId(), lines };
    await receive(tx, ctx, { ...posting, type: "receipt", origin: "receipt" }, locked);
  });
  return { answer: await answer, soon, siteId, itemId };
}

test("a void that waits for a settlement undoes it, and is not dated before it", async () => {
  const { answer, soon, siteId, itemId } = await whileSettling((saleId) =>
    bakery.make(web.client, `/sales/${saleId}/void`, { reason: "changed their mind" }),
  );
  expect(answer).toMatchObject({ status: "voided", lines: [{ shortQuantity: "0", cost: "4" }] });
  const { data } = await bakery.read(
    web.client,
    `/stock/movements?siteId=${siteId}&itemId=${itemId}`,
  );
  expect(data[0]).toMatchObject({ type: "void", quantity: "2" });
  expect(Date.parse(data[0].effectiveAt)).toBe(soon);
});

test("a refund that waits for a settlement gives it back, and is not dated before it", async () => {
  const { answer, soon } = await whileSettling((saleId, lineId) => {
    const lines = [{ lineId, quantity: "1", disposition: "restock" }];
    return bakery.make(web.client, `/sales/${saleId}/refunds`, { reason: "burnt", lines });
  });
  expect(answer.lines).toMatchObject([{ cost: "2" }]);
  expect(Date.parse(answer.refundedAt)).toBe(soon);
});
