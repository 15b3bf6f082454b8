import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import * as bakery from "../harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { type RemoteClient, remoteClient } from "../harness/remote.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";

let database: TestDatabase;
let server: WebProcess;
let client: RemoteClient;

beforeAll(async () => {
  database = await testDatabase();
  server = await startWebProcess(database.appUrl);
  client = remoteClient(server.base);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function verify(...siteIds: readonly string[]): Promise<void> {
  for (const siteId of siteIds) {
    const found = await bakery.read(client, `/stock/verify?siteId=${siteId}`);
    expect(found).toMatchObject({ isSound: true, broken: null });
  }
}

const command = (path: string, body: object) =>
  client.ask("POST", path, { body, headers: bakery.key() });

async function outcomes(asked: readonly ReturnType<typeof command>[]) {
  const counts: Record<string, number> = {};
  for (const { status, body } of await Promise.all(asked)) {
    const name = body.code === undefined ? String(status) : `${status} ${body.code}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test("transfers there and back of the same items, with sales at both ends, lose nothing", async () => {
  const items = await Promise.all(Array.from({ length: 4 }, () => bakery.addItem(client)));
  const shops = [await bakery.openShop(client), await bakery.openShop(client)];
  const [left = "", right = ""] = shops.map((shop) => shop.siteId);
  const stock = items.map((itemId) => ({ itemId, quantity: "300", totalCost: "100.01" }));
  for (const siteId of [left, right]) await bakery.receive(client, siteId, stock);
  const forward = items.map((itemId) => ({ itemId, quantity: "0.7" }));
  const baskets = [forward, forward.toReversed(), [...forward.slice(2), ...forward.slice(0, 2)]];
  for (let round = 0; round < 6; round++) {
    const asked = Array.from({ length: 36 }, (_, index) => {
      const [fromSiteId, toSiteId] = index % 2 === 0 ? [left, right] : [right, left];
      const lines = baskets[index % 3] ?? [];
      if (index % 4 < 3) return command("/transfers", { fromSiteId, toSiteId, lines });
      return client.ask("POST", "/sales", { body: bakery.saleOf(fromSiteId, lines) });
    });
    expect(await outcomes(asked)).toEqual({ "201": 36 });
  }
  for (const itemId of items) {
    const balances = await Promise.all(
      [left, right].map((siteId) => bakery.balanceOf(client, siteId, itemId)),
    );
    const micros = balances.map(({ quantity }) => Math.round(Number(quantity) * 1e6));
    // 6 rounds of 9 sales of 0.7.
    expect((micros[0] ?? 0) + (micros[1] ?? 0)).toBe(600_000_000 - 54 * 700_000);
  }
  await verify(left, right);
}, 120_000);

test("the last 20 of a layer go 20 times, whether they are sold, carried off or sent back", async () => {
  const { siteId } = await bakery.openShop(client);
  const { siteId: toSiteId } = await bakery.openShop(client);
  for (let round = 0; round < 5; round++) {
    const itemId = await bakery.addItem(client, { unit: "piece" });
    const line = { itemId, quantity: "20", totalCost: "33.35" };
    const receipt = await bakery.receive(client, siteId, [line]);
    const lines = [{ itemId, quantity: "1" }];
    const back = [{ lineId: receipt.lines[0].id, quantity: "1" }];
    const asked = Array.from({ length: 60 }, (_, index) => {
      if (index % 3 === 0) return command("/transfers", { fromSiteId: siteId, toSiteId, lines });
      if (index % 3 === 1) return command(`/receipts/${receipt.id}/reverse`, { lines: back });
      return client.ask("POST", "/sales", { body: bakery.saleOf(siteId, lines) });
    });
    const counts = await outcomes(asked);
    expect((counts["200"] ?? 0) + (counts["201"] ?? 0)).toBe(20);
    expect((counts["409 stock.short"] ?? 0) + (counts["409 stock.nothing_left"] ?? 0)).toBe(40);
    expect(await bakery.balanceOf(client, siteId, itemId)).toEqual({ quantity: "0", value: "0" });
  }
  await verify(siteId, toSiteId);
}, 120_000);

test("reversals of the same document at once: one succeeds, the stock comes back once", async () => {
  const { siteId } = await bakery.openShop(client);
  const itemId = await bakery.addItem(client);
  await bakery.receive(client, siteId, [{ itemId, quantity: "9", totalCost: "10.01" }]);
  const lines = [{ itemId, quantity: "4" }];
  const waste = await bakery.make(client, "/stock/waste", { siteId, reason: "stale", lines });
  const counted = [{ itemId, counted: "1" }];
  const count = await bakery.make(client, "/stock/counts", { siteId, lines: counted });
  for (const path of [`/stock/waste/${waste.id}`, `/stock/counts/${count.id}`]) {
    const asked = Array.from({ length: 12 }, () => command(`${path}/reverse`, {}));
    expect(await outcomes(asked)).toEqual({ "200": 1, "409 stock.reversed": 11 });
  }
  expect(await bakery.balanceOf(client, siteId, itemId)).toEqual({ quantity: "9", value: "10.01" });
  await verify(siteId);
}, 60_000);

// The statistics of a backend are complete when it has ended.
test("no deadlock happened, not even one that a retry hid", async () => {
  expect(await server.stop()).toBe(0);
  const looking = new pg.Client({ connectionString: database.ownerUrl });
  await looking.connect();
  const { rows } = await looking.query(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  await looking.end();
  expect(rows).toEqual([{ deadlocks: "0" }]);
}, 30_000);
