import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { rebuildReports } from "#modules/reports/index.ts";
import * as bakery from "../harness/bakery.ts";
import type { Ask } from "../harness/client.ts";
import { insertKey } from "../harness/key.ts";
import { startTestRedis, type TestRedis } from "../harness/redis.ts";
import { type RemoteClient, remoteClient } from "../harness/remote.ts";
import { systemCtx } from "../harness/reports.ts";
import { openTestWeb } from "../harness/web.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { type FaultDatabase, faultDatabase } from "./database.ts";
import { rounds, until } from "./schedule.ts";

// Row 8 of the matrix: Redis killed, flushed, stalled, full.
const perMinute = 40;
const podsMax = 2;
let database: FaultDatabase;
let redis: TestRedis;
let webs: readonly WebProcess[];
let tills: readonly RemoteClient[];
let shop: bakery.Shop;
let itemId: string;

beforeAll(async () => {
  [database, redis] = await Promise.all([faultDatabase(), startTestRedis()]);
  const env = {
    REDIS_URL: redis.url,
    PODS_MAX: String(podsMax),
    LIMIT_ACTOR_PER_MINUTE: String(perMinute),
    AUTH_SECRET: "a secret of this test, and of no other",
  };
  webs = await Promise.all([1, 2].map(() => startWebProcess(database.appUrl, env)));
  tills = webs.map(({ base }) => remoteClient(base, 20_000));
  shop = await bakery.openShop(tills[0]!);
  itemId = await bakery.addItem(tills[0]!);
  await bakery.receive(tills[0]!, shop.siteId, [{ itemId, quantity: "5000", totalCost: "1.00" }]);
  // One sale is reported, and no worker runs: the others are not.
  await bakery.sell(tills[0]!, shop.siteId, [{ itemId, quantity: "1" }]);
  const computing = openTestWeb(database.appUrl);
  await rebuildReports(systemCtx(computing));
  await computing.close();
});
afterAll(async () => {
  await Promise.all(webs.map((web) => web.stop()));
  await redis.close();
  await database.drop();
});

/** How many requests of a key of its own pass before it is told to wait, at both webs in turn. */
async function passing(): Promise<number> {
  const key = await insertKey(database.ownerUrl);
  const headers = { authorization: `Bearer ${key}` };
  for (let count = 0; ; count++) {
    const client = tills[count % tills.length]!;
    const { status, body, headers: told } = await client.ask("GET", "/items", { headers });
    if (status === 200) continue;
    expect([status, body.code]).toEqual([429, "limits.actor"]);
    expect(Number(told.get("retry-after"))).toBeGreaterThan(0);
    return count;
  }
}

async function sellAll(): Promise<number> {
  const key = await insertKey(database.ownerUrl);
  const headers = { authorization: `Bearer ${key}` };
  let longestMs = 0;
  for (let count = 0; count < rounds(40, 300); count++) {
    const body = bakery.saleOf(shop.siteId, [{ itemId, quantity: "1" }]);
    const begun = performance.now();
    const { status } = await tills[count % 2]!.ask("POST", "/sales", { body, headers });
    longestMs = Math.max(longestMs, performance.now() - begun);
    expect(status).toBe(201);
  }
  return longestMs;
}

/**
 * Changes the price at each web in turn, and reads there what the cache may hold: the catalog and a
 * report. Who changed it never sees the old one; the slowest read in milliseconds.
 */
async function readAll(): Promise<number> {
  let longestMs = 0;
  for (let count = 0; count < 6; count++) {
    const headers = { authorization: `Bearer ${await insertKey(database.ownerUrl)}` };
    const ask = async (method: string, path: string, more: Ask = {}) => {
      const begun = performance.now();
      const all = { ...more, headers: { ...headers, ...more.headers } };
      const answer = await tills[count % 2]!.ask(method, path, all);
      if (method === "GET") longestMs = Math.max(longestMs, performance.now() - begun);
      expect(answer.status).toBe(200);
      return answer;
    };
    const { body: item } = await ask("GET", `/items/${itemId}`);
    const price = `${item.version}.5`;
    const version = { "if-match": `"${item.version}"` };
    await ask("PATCH", `/items/${itemId}`, { body: { price }, headers: version });
    for (let again = 0; again < 3; again++) {
      const { body: items } = await ask("GET", "/items");
      expect(items.data).toMatchObject([{ id: itemId, price }]);
      const { body: days } = await ask("GET", `/reports/sales/days?siteId=${shop.siteId}`);
      expect(days.data).toMatchObject([{ siteId: shop.siteId, sales: 1 }]);
    }
  }
  return longestMs;
}

// What the webs tell Redis a moment later may let a few more pass.
const few = 10;

test("with Redis the webs share one limit", async () => {
  await until("both webs count in Redis", async () => (await passing()) < perMinute + few);
});

describe("sales go on and limits still limit when Redis", () => {
  beforeEach(async () => {
    await until("both webs count in Redis", async () => (await passing()) < perMinute + few);
  });

  const faults: Record<string, { make(): Promise<void> | void; undo(): Promise<void> | void }> = {
    "was flushed": { make: () => redis.flush(), undo: () => {} },
    stalls: { make: () => redis.stall(), undo: () => redis.resume() },
    "is full": { make: () => redis.fill(), undo: () => redis.kill().then(redis.start) },
    "is killed": { make: () => redis.kill(), undo: () => redis.start() },
  };
  for (const [name, { make, undo }] of Object.entries(faults)) {
    test(name, async () => {
      await make();
      try {
        const longestMs = await sellAll();
        const longestReadMs = await readAll();
        const told = `${Math.round(longestMs)} ms, the longest read ${Math.round(longestReadMs)} ms`;
        console.log(`Redis ${name}: the longest sale took ${told}`);
        expect(longestMs).toBeLessThan(1_000);
        expect(longestReadMs).toBeLessThan(1_000);
        // Each web has met half of them: neither gives more than the whole limit on its own.
        expect(await passing()).toBeLessThanOrEqual(perMinute * podsMax);
        for (const { base } of webs) expect((await fetch(`${base}/readyz`)).status).toBe(200);
      } finally {
        await undo();
      }
      expect(await readAll()).toBeLessThan(1_000);
    });
  }
});
