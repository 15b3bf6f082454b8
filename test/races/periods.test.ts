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

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const through = daysAgo(3).slice(0, 10);
const effectiveAt = daysAgo(5);
const close = (siteId: string) => bakery.make(web.client, "/periods/close", { siteId, through });

async function countClosed(siteId: string, closedBefore: string): Promise<number> {
  const { rows } = await looking.query(
    "select count(*)::int as n from stock.movements where site_id = $1 and effective_at < $2",
    [siteId, closedBefore],
  );
  return rows[0].n;
}

test("a close waits for a posting under way, and the next one is refused", async () => {
  const ctx = contextOf(web.app);
  const { siteId } = await bakery.openShop(web.client);
  const itemId = await bakery.addItem(web.client);
  let closing: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  await web.app.db.withTransaction(async (tx) => {
    const moment = await postingMoment(tx, ctx, siteId, effectiveAt);
    closing = close(siteId).then(() => {
      isClosed = true;
    });
    const waiting = `select from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`;
    while (!isClosed && (await looking.query(waiting)).rowCount === 0) await Bun.sleep(5);
    expect(isClosed).toBe(false);
    const locked = await lockBalances(tx, siteId, [itemId]);
    const ids = { lotId: newId(), layerId: newId(), movementId: newId() };
    const lines = [{ ...ids, itemId, quantity: "1", value: "1" }];
    const posting = { ...moment, siteId, sourceId: newId(), lines };
    await receive(tx, ctx, { ...posting, type: "receipt", origin: "receipt" }, locked);
  });
  await closing;
  const late = web.app.db.withTransaction((tx) => postingMoment(tx, ctx, siteId, effectiveAt));
  await expect(late).rejects.toMatchObject({ code: "stock.period_closed" });
});

test("once a close is answered, nothing more comes into what it closed", async () => {
  const { siteId, tillIds } = await bakery.openShop(web.client);
  const itemId = await bakery.addItem(web.client);
  const stock = [{ itemId, quantity: "1000", totalCost: "1000" }];
  await bakery.receive(web.client, siteId, stock, { effectiveAt: daysAgo(6) });
  const seen: Record<string, number> = {};
  for (let round = 0; round < 8; round++) {
    const [tillId] = tillIds;
    const post = (_: unknown, index: number) => {
      const lines = [{ itemId, quantity: "1", totalCost: "1" }];
      const body = { siteId, lines, effectiveAt };
      const sold = { tillId, soldAt: effectiveAt };
      const sale = bakery.saleOf(siteId, [{ itemId, quantity: "1" }], sold);
      return index % 2 === 0
        ? web.client.post("/receipts", body, bakery.key())
        : web.client.post("/sales", sale);
    };
    const posts = Array.from({ length: 16 }, post);
    const closing = close(siteId);
    posts.push(...Array.from({ length: 16 }, post));
    const { closedBefore } = await closing;
    const atClose = await countClosed(siteId, closedBefore);
    for (const { status, body } of await Promise.all(posts)) {
      const outcome = `${status} ${body.errors?.[0]?.code ?? ""}`.trim();
      seen[outcome] = (seen[outcome] ?? 0) + 1;
    }
    expect(await countClosed(siteId, closedBefore)).toBe(atClose);
    await bakery.make(web.client, "/periods/reopen", { siteId, reason: "the next round" });
  }
  expect(Object.keys(seen).sort()).toEqual(["201", "422 stock.period_closed"]);
}, 60_000);
