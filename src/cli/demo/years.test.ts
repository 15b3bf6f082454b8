import { afterAll, beforeAll, expect, test } from "bun:test";
import { verifyReceipts } from "#modules/sales/index.ts";
import { verifyStock } from "#modules/stock/index.ts";
import { statement } from "#platform/db.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { demoState, seedDemo } from "../demo.ts";
import { systemCtx } from "../terminal.ts";

const now = new Date("2026-11-21T15:20:00Z");
let database: TestDatabase;
let web: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl, { now: () => now });
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

async function seed(): Promise<string[]> {
  const said: string[] = [];
  const length = { years: 0.16, owner: { connectionString: database.ownerUrl } };
  await seedDemo(web.app, (sentence) => said.push(sentence), length);
  return said;
}

async function certificate() {
  const receipts = await verifyReceipts(systemCtx(web.app));
  expect(receipts.broken).toBeNull();
  const stock = await verifyStock(systemCtx(web.app));
  expect(stock.broken).toBeNull();
  return { stock: stock.certificate, receipts: receipts.tills };
}

test("years before the demo's month are copies that verify replays; seeding again changes nothing", async () => {
  const said = await seed();
  expect(said).toContain("Copied 1 of 1 periods of 28 days");
  expect(await demoState(web.app)).toBe("finished");
  const first = await certificate();
  const [row] = await web.app.db.run<{ days: string; later: string }>(
    statement(
      "",
      `select count(distinct business_date) as days,
         (select count(*) from stock.movements where effective_at > '${now.toISOString()}') as later
       from sales.sales`,
    ),
  );
  expect(Number(row?.days)).toBeGreaterThan(75);
  expect(Number(row?.later)).toBe(0);
  await seed();
  expect(await certificate()).toEqual(first);
}, 120_000);
