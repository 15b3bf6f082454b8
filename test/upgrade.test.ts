import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import { listTables, quoted } from "#platform/archive/tables.ts";
import { silentLog } from "#platform/log.ts";
import { migrate } from "#platform/migrate.ts";
import { migrations } from "#platform/migrations.gen.ts";
import * as bakery from "./harness/bakery.ts";
import { admitTestKey } from "./harness/key.ts";
import { type Kitchen, makeDough, openKitchen } from "./harness/kitchen.ts";
import { emptyDatabase, type TestDatabase, testDatabase } from "./harness/postgres.ts";
import { openTestWeb, type TestWeb } from "./harness/web.ts";

// What the books were before there were refunds, transfers, holds and late prices.
const before = migrations.slice(0, 2);

let current: TestDatabase;
let upgraded: TestDatabase;
let webs: readonly TestWeb[];
let kitchen: Kitchen;

beforeAll(async () => {
  current = await testDatabase();
  upgraded = await emptyDatabase();
  const web = openTestWeb(current.appUrl);
  kitchen = await openKitchen(web.client);
  await keepBooks(web, kitchen);
  await migrate(upgraded.ownerUrl, { log: silentLog, appRole: "banneton", migrations: before });
  await copyBooks();
  await migrate(upgraded.ownerUrl, { log: silentLog, appRole: "banneton", migrations });
  await admitTestKey(upgraded.ownerUrl);
  webs = [web, openTestWeb(upgraded.appUrl)];
}, 120_000);

afterAll(async () => {
  for (const web of webs) await web.close();
  await Promise.all([current.drop(), upgraded.drop()]);
});

/** What could be recorded then: all kinds of runs, a sale, and one that was short and voided. */
async function keepBooks({ client }: TestWeb, of: Kitchen): Promise<void> {
  const { siteId, tillId, doughRecipe: recipeId, dough, flour, loaf } = of;
  await makeDough(of, "9");
  for (const actualOutput of ["2", "0"]) {
    const run = { siteId, recipeId, plannedOutput: "3", actualOutput };
    await bakery.make(client, "/production-runs", run);
  }
  const { id } = await bakery.make(client, "/production-runs", {
    siteId,
    recipeId,
    plannedOutput: "1",
  });
  await bakery.make(client, `/production-runs/${id}/reverse`, { reason: "never made" });
  await bakery.sell(client, siteId, [
    { itemId: dough, quantity: "1.7" },
    { itemId: flour, quantity: "0.3" },
  ]);
  const lines = [{ itemId: loaf, quantity: "3", unitPrice: "4.00" }];
  const short = await bakery.sell(client, siteId, lines, { tillId, onShort: "record" });
  await bakery.make(client, `/sales/${short.id}/void`, { reason: "changed their mind" });
}

/** Puts the same rows into the older tables, as far as these have room for them. */
async function copyBooks(): Promise<void> {
  const [from, to] = [new pg.Client(current.ownerUrl), new pg.Client(upgraded.ownerUrl)];
  await Promise.all([from.connect(), to.connect()]);
  // A column of then that has become a table.
  await from.query(`create temp view cancelled as select s.*, (
      select c.effective_at from stock.shortfall_cancellations c where c.shortfall_id = s.id)
      as cancelled_at from stock.shortfalls s`);
  for (const { name, columns } of await listTables(to)) {
    const names = columns.map((column) => `"${column}"`).join(", ");
    const source = name === "stock.shortfalls" ? "cancelled" : quoted(name);
    const { rows } = await from.query(
      `select to_json(t)::text as row from (select ${names} from ${source}) t`,
    );
    const sql = `insert into ${quoted(name)} (${names})
      select ${names} from json_populate_recordset(null::${quoted(name)}, $1)`;
    await to.query(sql, [`[${rows.map(({ row }) => row).join(",")}]`]);
  }
  const { rows } = await from.query("select last_value as last from stock.recording_order");
  await to.query("select setval('stock.recording_order', $1)", [rows[0].last]);
  await Promise.all([from.end(), to.end()]);
}

async function rowsOf(database: TestDatabase, sql: string): Promise<unknown[]> {
  const client = new pg.Client(database.ownerUrl);
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}

test("an upgrade writes down what was not written then", async () => {
  for (const sql of [
    "select * from stock.cost_shares order by source_id",
    "select shortfall_id, source_id, quantity, effective_at from stock.shortfall_cancellations",
    "select currency, currency_locked from settings.settings",
  ]) {
    const expected = await rowsOf(current, sql);
    expect(expected).not.toEqual([]);
    expect(await rowsOf(upgraded, sql)).toEqual(expected);
  }
});

test("upgraded books certify as the same books, and late prices follow the goods in them", async () => {
  const { siteId } = kitchen;
  const certificates: unknown[] = [];
  const corrections: unknown[] = [];
  for (const { client } of webs) {
    certificates.push((await bakery.read(client, "/stock/verify")).certificate);
    const [receipt] = (await bakery.read(client, `/receipts?siteId=${siteId}`)).data;
    const lines = receipt.lines.map(({ id }: { id: string }) => ({
      lineId: id,
      totalCost: "99.99",
    }));
    const path = `/receipts/${receipt.id}/price-corrections`;
    const { difference, wentTo } = await bakery.make(client, path, { lines });
    corrections.push({ difference, wentTo });
    expect(await bakery.read(client, "/stock/verify")).toMatchObject({ isSound: true });
  }
  expect(certificates[0]).toMatchObject({ hash: expect.any(String) });
  expect(certificates[1]).toEqual(certificates[0]);
  expect(corrections[1]).toEqual(corrections[0]);
  expect(corrections[0]).toMatchObject({ difference: "169.32", wentTo: { waste: "0" } });
  for (const kind of ["stock", "sale", "loss"])
    expect(corrections[0]).not.toMatchObject({ wentTo: { [kind]: "0" } });
});
