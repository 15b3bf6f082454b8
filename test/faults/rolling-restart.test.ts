import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import * as bakery from "../harness/bakery.ts";
import { remoteClient } from "../harness/remote.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { type Balancer, startBalancer } from "./balancer.ts";
import { type FaultDatabase, faultDatabase } from "./database.ts";
import { rounds, until } from "./schedule.ts";
import { openSql } from "./sql.ts";
import { openTrial, type Trial } from "./trial.ts";

// Row 2 of the matrix: a rolling deploy of two servers under load, behind a balancer.
const stopping = { STOP_WAIT_MS: "300", STOP_GRACE_MS: "5000" };
let database: FaultDatabase;
let balancer: Balancer;
let webs: WebProcess[];
let trial: Trial;

async function deploy(): Promise<WebProcess> {
  const web = await startWebProcess(database.appUrl, stopping);
  balancer.add(web.base);
  return web;
}

beforeAll(async () => {
  database = await faultDatabase();
  balancer = startBalancer();
  webs = [await deploy(), await deploy()];
  await until("both are ready", () => balancer.readyCount() === 2);
  trial = await openTrial({ name: "rolling", database, tills: 8, target: () => balancer.base });
});

afterAll(async () => {
  await balancer.close();
  await Promise.all(webs.map((web) => web.stop()));
  trial.close();
  await database.drop();
});

test("a rolling restart under load drops no request, and each server ends within its grace", async () => {
  const load = trial.start();
  for (let restarts = 0; restarts < rounds(4, 40); restarts++) {
    await trial.progress(load, trial.stream.between(20, 80));
    const old = webs.shift()!;
    const begun = performance.now();
    expect(await old.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(300 + 5_000 + 1_000);
    balancer.remove(old.base);
    webs.push(await deploy());
    await until("both are ready", () => balancer.readyCount() === 2);
  }
  await trial.progress(load, 20);
  await load.stop();
  const told = trial.told();
  expect(told.flatMap(({ flaws, unanswered }) => [...flaws, ...unanswered])).toEqual([]);
  expect(await trial.prove(webs)).toEqual([]);
});

test("a server told to stop while a request waits for a lock answers it first", async () => {
  const { siteId, roll } = trial.shop;
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query("begin");
  await owner.query("select from stock.balances where item_id = $1 for update", [roll]);
  const [web] = webs;
  const body = bakery.saleOf(siteId, [{ itemId: roll, quantity: "1" }]);
  const selling = remoteClient(web!.base).ask("POST", "/sales", { body });
  const admin = await openSql(database.adminUrl);
  const waits =
    "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
  await until("the sale waits", async () => (await admin.rows(waits)).length > 0);
  const stopped = web!.stop();
  await until("the server is draining", async () => {
    const { status } = await fetch(`${web!.base}/readyz`).catch(() => ({ status: 0 }));
    return status !== 200;
  });
  await owner.query("rollback");
  expect((await selling).status).toBe(201);
  expect(await stopped).toBe(0);
  await Promise.all([owner.end(), admin.close()]);
});
