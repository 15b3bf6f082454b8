import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import pg from "pg";
import * as bakery from "../harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
let owner: pg.Client;
/** Outside the transaction, which would see the same activity again and again. */
let looking: pg.Client;
let siteId: string;
let itemId: string;

// No money was ever posted: each test has a company of its own.
beforeEach(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  looking = new pg.Client({ connectionString: database.ownerUrl });
  await Promise.all([owner.connect(), looking.connect()]);

  siteId = (await bakery.openShop(web.client)).siteId;
  itemId = await bakery.addItem(web.client, { stocking: "none" });
});

afterEach(async () => {
  await Promise.all([owner.end(), looking.end()]);
  await web.close();
  await database.drop();
});

const change = (currency: string, version = 1) =>
  web.client.patch("/settings", version, { currency });
const sell = () => bakery.sell(web.client, siteId, [{ itemId, quantity: "1" }]);

async function untilWaiting(count: number): Promise<void> {
  const waiting = `select distinct pid from pg_locks join pg_stat_activity using (pid)
    where not granted and datname = current_database()`;
  while ((await looking.query(waiting)).rowCount !== count) await Bun.sleep(5);
}

describe("the currency", () => {
  test("changes until money is posted, then never; the other settings still do", async () => {
    expect((await change("USD")).body).toMatchObject({ currency: "USD", version: 2 });
    expect(await sell()).toMatchObject({ currency: "USD" });
    const refused = await change("JPY", 2);
    expect([refused.status, refused.body.code]).toEqual([409, "settings.currency_fixed"]);
    const { body } = await web.client.patch("/settings", 2, { currency: "USD", locale: "en-US" });
    expect(body).toMatchObject({ currency: "USD", locale: "en-US", version: 3 });
  });

  test("a refused command does not fix it", async () => {
    const sale = bakery.saleOf(siteId, [{ itemId, quantity: "1" }], { payments: [] });
    expect((await web.client.post("/sales", sale)).status).toBe(422);
    expect((await change("JPY")).status).toBe(200);
  });

  test("a change while the first sale is under way waits, and is refused", async () => {
    await owner.query("begin");
    await owner.query("lock table sales.sales in share mode");
    const sold = sell();
    await untilWaiting(1);
    const changed = change("JPY");
    await untilWaiting(2);
    await owner.query("commit");
    expect(await sold).toMatchObject({ currency: "EUR" });
    expect((await changed).body.code).toBe("settings.currency_fixed");
  });

  test("a sale while a change is under way waits, and is in the new currency", async () => {
    expect((await change("USD")).status).toBe(200);
    await owner.query("begin");
    await owner.query("update settings.settings set currency = 'JPY', version = version + 1");
    const sold = sell();
    await untilWaiting(1);
    await owner.query("commit");
    expect(await sold).toMatchObject({ currency: "JPY", total: "3" });
    expect((await change("USD", 3)).body.code).toBe("settings.currency_fixed");
  });
});
