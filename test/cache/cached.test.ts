import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { rebuildReports, recomputeDays } from "#modules/reports/index.ts";
import { Secret } from "#platform/config.ts";
import { until } from "../faults/schedule.ts";
import { openSql, type Sql } from "../faults/sql.ts";
import { clientWith } from "../harness/actors.ts";
import * as bakery from "../harness/bakery.ts";
import { type TestClient, testClient } from "../harness/client.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { startTestRedis, type TestRedis } from "../harness/redis.ts";
import { systemCtx } from "../harness/reports.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import { endedWorker } from "../harness/worker-process.ts";

const authSecret = "a secret of this test, and of no other";
const day = "2026-06-02";
const now = () => new Date(`${day}T10:00:00Z`);
let database: TestDatabase;
let redis: TestRedis;
let sql: Sql;
let webs: TestWeb[];
let one: TestWeb;
let two: TestWeb;
let here: string;
let there: string;
let loaf: string;

async function openWeb(): Promise<TestWeb> {
  const gates = { salesMax: 100, officeMax: 200, reportsMax: 200 };
  const config = { redisUrl: new Secret(redis.url), authSecret: new Secret(authSecret), gates };
  const web = openTestWeb(database.appUrl, { now, config });
  await web.app.redis?.connect();
  return web;
}

beforeAll(async () => {
  [database, redis] = await Promise.all([testDatabase(), startTestRedis()]);
  sql = await openSql(database.ownerUrl);
  webs = [await openWeb(), await openWeb()];
  [one, two] = webs as [TestWeb, TestWeb];
  const { client } = one;
  [here, there] = [(await bakery.openShop(client)).siteId, (await bakery.openShop(client)).siteId];
  loaf = await bakery.addItem(client, { kind: "product", unit: "piece", name: "Loaf" });
  for (const siteId of [here, there]) {
    await bakery.receive(client, siteId, [{ itemId: loaf, quantity: "99", totalCost: "99.00" }]);
    await bakery.sell(client, siteId, [{ itemId: loaf, quantity: "2" }]);
  }
  await rebuildReports(systemCtx(one));
}, 60_000);
afterAll(async () => {
  await Promise.all([...webs.map((web) => web.close()), sql.close()]);
  await redis.close();
  await database.drop();
});
beforeEach(() => redis.flush());

const report = () => `/reports/sales/days?siteId=${here}&from=${day}&to=${day}`;

async function metricOf({ app }: TestWeb, name: string): Promise<number> {
  const line = (await app.telemetry.print()).split("\n").find((each) => each.startsWith(name));
  return Number(line?.split(" ").at(-1) ?? 0);
}

test("100 reads of a cold report at two webs compute it once", async () => {
  const name = 'cache_compute_seconds_count{cache="reports"}';
  const before = (await metricOf(one, name)) + (await metricOf(two, name));
  await sql.rows("begin");
  await sql.rows("lock table reports.days in access exclusive mode");
  const asking = Array.from({ length: 100 }, (_, n) => webs[n % 2]!.client.get(report()));
  const waiting = async () => {
    const found = await sql.rows<{ count: number }>(
      `select count(*)::int as count from pg_locks
       where relation = 'reports.days'::regclass and not granted`,
    );
    return found[0]?.count ?? 0;
  };
  await until("all ask, and one reads", async () => {
    const inFlight = webs.reduce((sum, { web }) => sum + web.inFlight(), 0);
    return inFlight === 100 && (await waiting()) > 0;
  });
  expect(await waiting()).toBe(1);
  await sql.rows("commit");
  const answers = await Promise.all(asking);
  for (const { status, body } of answers) {
    expect(status).toBe(200);
    expect(body).toEqual(answers[0]!.body);
  }
  expect(answers[0]!.body.data[0]).toMatchObject({ siteId: here, revenueGross: "5.00" });
  const after = (await metricOf(one, name)) + (await metricOf(two, name));
  expect(after - before).toBe(1);
});

describe("a price that is changed", () => {
  const price = async (client: TestClient): Promise<string> =>
    (await bakery.read(client, "/items")).data.find((each: { id: string }) => each.id === loaf)
      .price;
  const change = async ({ client }: TestWeb, to: string) => {
    const { version } = await bakery.read(client, `/items/${loaf}`);
    expect((await client.patch(`/items/${loaf}`, version, { price: to })).status).toBe(200);
  };

  test("is seen at the next read, by who changed it and by others, at both webs", async () => {
    for (let n = 1; n <= 20; n++) {
      for (const web of webs) await price(web.client);
      await change(webs[n % 2]!, `${n}.25`);
      for (const web of webs) expect(await price(web.client)).toBe(`${n}.25`);
    }
  });

  test("is read by a sale from the books, whatever the cache says", async () => {
    await price(one.client);
    await sql.rows("update catalog.items set price = 7 where id = $1", [loaf]);
    expect(await price(one.client)).not.toBe("7");
    const sale = await bakery.sell(one.client, here, [{ itemId: loaf, quantity: "1" }]);
    expect(sale.total).toBe("7.00");
  });

  test("is told to the others by the worker if the web that changed it could not", async () => {
    await price(two.client);
    const cut = await openWeb();
    webs.push(cut);
    cut.app.redis?.disconnect();
    await change(cut, "31");
    // Who changed it sees it, the others for as long as an answer may be old do not.
    expect(await price(cut.client)).toBe("31");
    expect(await price(two.client)).not.toBe("31");
    const env = { REDIS_URL: redis.url };
    const { code } = await endedWorker({ url: database.appUrl, args: ["--once"], env });
    expect(code).toBe(0);
    expect(await price(two.client)).toBe("31");
  }, 60_000);
});

describe("a report", () => {
  test("is another as soon as its day is computed, at both webs", async () => {
    const sales = async (web: TestWeb) => (await bakery.read(web.client, report())).data[0].sales;
    const known = await sales(one);
    expect(await sales(two)).toBe(known);
    for (let n = 1; n <= 5; n++) {
      await bakery.sell(one.client, here, [{ itemId: loaf, quantity: "1" }]);
      await recomputeDays(systemCtx(webs[n % 2]!), [{ siteId: here, businessDate: day }]);
      const [row] = await sql.rows<{ sales: number }>(
        "select sales from reports.days where site_id = $1 and business_date = $2",
        [here, day],
      );
      for (const web of webs.slice(0, 2)) expect(await sales(web)).toBe(row!.sales);
    }
  });

  test("of other days stays when one is computed", async () => {
    const hits = () => metricOf(one, 'cache_requests_total{cache="reports",result="hit"}');
    const old = `/reports/sales/days?siteId=${here}&from=2026-05-01&to=2026-05-20`;
    await bakery.read(one.client, old);
    await recomputeDays(systemCtx(two), [{ siteId: here, businessDate: day }]);
    const before = await hits();
    await bakery.read(one.client, old);
    expect((await hits()) - before).toBe(1);
  });

  test("tells the new name of a site or an item at once", async () => {
    const path = `/reports/sales/items?siteId=${here}`;
    await bakery.read(two.client, path);
    const { version } = await bakery.read(one.client, `/items/${loaf}`);
    await one.client.patch(`/items/${loaf}`, version, { name: "Sourdough" });
    const site = await bakery.read(one.client, `/sites/${here}`);
    const name = `Renamed ${here}`;
    expect((await one.client.patch(`/sites/${here}`, site.version, { name })).status).toBe(200);
    const [row] = (await bakery.read(two.client, path)).data;
    expect(row).toMatchObject({ itemName: "Sourdough", siteName: name });
  });
});

test("nobody gets what was kept for somebody of other rights, in whatever order they ask", async () => {
  const place = { database, web: one };
  const clients: TestClient[] = [
    one.client,
    await clientWith(place, ["reports.read"]),
    await clientWith(place, ["reports.read", "costs.read"], [here]),
    await clientWith(place, ["reports.read"], [here]),
    await clientWith(place, ["reports.read", "costs.read"], [there]),
    // Of the same sight as the second one, by other grants.
    await clientWith(place, ["reports.read"], [here, there]),
  ];
  const paths = [
    "sales/days",
    "sales/items",
    "valuation",
    "waste",
    "averages",
    "materials",
  ].flatMap((list) => [`/reports/${list}`, `/reports/${list}?siteId=${here}`]);
  for (const path of paths) {
    const alone: string[] = [];
    for (const client of clients) {
      await redis.flush();
      alone.push(JSON.stringify((await client.get(path)).body));
    }
    for (const order of [clients, clients.toReversed()]) {
      await redis.flush();
      for (const client of [...order, ...order]) {
        const said = JSON.stringify((await client.get(path)).body);
        expect(said).toBe(alone[clients.indexOf(client)]!);
      }
    }
    if (path === "/reports/sales/days") expect(new Set(alone).size).toBe(5);
  }
  const cashier = await clientWith(place, ["sales.ring_up", "catalog.read"]);
  expect((await cashier.get("/reports/sales/days")).status).toBe(403);
  expect((await testClient(one.web, {}).get("/items")).status).toBe(401);
});

describe("304", () => {
  test("an answer that is current is not sent again, and a new one is", async () => {
    for (const path of [report(), "/items", `/items/${loaf}`]) {
      const first = await one.client.get(path);
      const tag = first.headers.get("etag") ?? "";
      expect(tag).toMatch(/^"[\w-]+"$/);
      expect(first.headers.get("cache-control")).toBe("private, no-cache");
      for (const named of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
        const again = await two.client.get(path, { "if-none-match": named });
        expect([again.status, again.body, again.headers.get("etag")]).toEqual([304, "", tag]);
        expect(again.headers.get("cache-control")).toBe("private, no-cache");
      }
      expect((await one.client.get(path, { "if-none-match": '"other"' })).status).toBe(200);
      const { version } = await bakery.read(one.client, `/items/${loaf}`);
      const other = path === report() ? { name: `Loaf ${version}` } : { price: `${version}.5` };
      await one.client.patch(`/items/${loaf}`, version, other);
      await bakery.sell(one.client, here, [{ itemId: loaf, quantity: "1" }]);
      await recomputeDays(systemCtx(one), [{ siteId: here, businessDate: day }]);
      expect((await one.client.get(path, { "if-none-match": tag })).status).toBe(200);
    }
  });

  test("never for somebody who may not read it, nor for what others see", async () => {
    const { headers } = await one.client.get(report());
    const named = { "if-none-match": headers.get("etag") ?? "" };
    expect((await testClient(one.web, {}).get(report(), named)).status).toBe(401);
    const reader = await clientWith({ database, web: one }, ["reports.read"]);
    const seen = await reader.get(report(), named);
    expect(seen.status).toBe(200);
    expect(seen.body.data[0]).not.toHaveProperty("cost");
  });

  test("never for a list as CSV, and everything else is not stored", async () => {
    const csv = await one.client.get(report(), { accept: "text/csv", "if-none-match": "*" });
    expect([csv.status, csv.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const site = await one.client.get(`/sites/${here}`);
    expect(site.headers.get("cache-control")).toBe("no-store");
  });
});

test("a sale asks the cache for nothing and tells it nothing", async () => {
  const calls = async () => {
    const info = (await one.app.redis?.info("commandstats")) ?? "";
    return ["mget", "del", "eval"].map(
      (name) => new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(info)?.[1],
    );
  };
  const before = await calls();
  for (let n = 0; n < 5; n++) {
    await bakery.sell(two.client, here, [{ itemId: loaf, quantity: "1" }]);
  }
  expect(await calls()).toEqual(before);
});
