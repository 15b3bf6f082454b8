import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import * as bakery from "../harness/bakery.ts";
import { testCredentials } from "../harness/key.ts";
import { type RemoteClient, remoteClient } from "../harness/remote.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { type FaultDatabase, faultDatabase } from "./database.ts";
import { rounds, until } from "./schedule.ts";
import { openSql, type Sql } from "./sql.ts";

// Row 9 of the matrix: reports take all they can get, and their pool answers nothing.
const places = 2;
const env = { GATE_REPORTS_MAX: String(places), DATABASE_REPORT_POOL_MAX: "1" };
let database: FaultDatabase;
let web: WebProcess;
let client: RemoteClient;
let owner: Sql;
let admin: Sql;
let shop: bakery.Shop;
let itemId: string;

beforeAll(async () => {
  database = await faultDatabase();
  web = await startWebProcess(database.appUrl, env);
  client = remoteClient(web.base, 20_000);
  [owner, admin] = await Promise.all([openSql(database.ownerUrl), openSql(database.adminUrl)]);
  shop = await bakery.openShop(client);
  itemId = await bakery.addItem(client);
  await bakery.receive(client, shop.siteId, [{ itemId, quantity: "1000", totalCost: "1.00" }]);
});
afterAll(async () => {
  await Promise.all([owner.close(), admin.close(), web.stop()]);
  await database.drop();
});

const reportsWaiting = `select count(*)::int as count from pg_stat_activity
  where datname = current_database() and application_name = 'banneton' and wait_event_type = 'Lock'`;

test("reports that cannot go on are told so, and sales pass as if there were none", async () => {
  await owner.rows("begin");
  await owner.rows("lock table stock.price_corrections in access exclusive mode");
  const statuses: number[] = [];
  const reports: Promise<void>[] = [];
  const ask = async () => {
    const { status, body, headers } = await client.ask("GET", "/stock/verify");
    statuses.push(status);
    if (status === 200) return;
    expect([status, body.code]).toEqual([503, "overload.report"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  };
  for (let count = 0; count < 20; count++) reports.push(ask());
  await until("a report waits", async () => {
    const [row] = await admin.rows<{ count: number }>(reportsWaiting);
    return row?.count === 1;
  });
  let longestMs = 0;
  for (let count = 0; count < rounds(60, 1_000); count++) {
    const begun = performance.now();
    await bakery.sell(client, shop.siteId, [{ itemId, quantity: "1" }]);
    longestMs = Math.max(longestMs, performance.now() - begun);
  }
  expect(longestMs).toBeLessThan(2_000);
  expect((await fetch(`${web.base}/readyz`)).status).toBe(200);
  await until("all but those in place were refused", () => statuses.length === 20 - places);
  expect(new Set(statuses)).toEqual(new Set([503]));
  await owner.rows("rollback");
  await Promise.all(reports);
  expect(statuses.slice(-places)).toEqual([200, 200]);
});

// More than sockets keep for a client that does not read.
const manyItems = `insert into catalog.items
  select (jsonb_populate_record(i, jsonb_build_object(
    'id', overlay(gen_random_uuid()::text placing '7' from 15), 'name', n || repeat(' of many', 12)))).*
  from catalog.items i cross join generate_series(1, 20000) n where i.id = $1`;

/** A client that takes the first bytes of a list and then no more: `fetch` would read ahead. */
async function openReader(path: string): Promise<Socket> {
  const { hostname, port } = new URL(web.base);
  const socket = connect({ host: hostname, port: Number(port) });
  const { authorization } = testCredentials;
  const lines = [`Host: ${hostname}`, `Authorization: ${authorization}`, `Accept: ${ndjson}`];
  socket.write(`GET /api/v1${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
  const first = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
  socket.pause();
  expect(first.toString("latin1")).toStartWith("HTTP/1.1 200");
  return socket;
}

const ndjson = "application/x-ndjson";

test("a list holds its place while it is read, and gives it back when the client goes", async () => {
  await owner.rows(manyItems, [itemId]);
  const readers = await Promise.all(Array.from({ length: places }, () => openReader("/items")));
  expect((await client.ask("GET", "/stock/verify")).body.code).toBe("overload.report");
  for (const reader of readers) reader.destroy();
  const isFree = async () => (await client.ask("GET", "/stock/verify")).status === 200;
  await until("there is a place again", isFree, 10_000);
});
