import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import { openOven } from "../harness/oven.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { type RemoteClient, remoteClient } from "../harness/remote.ts";
import { openTestWeb } from "../harness/web.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";

let database: TestDatabase;
let server: WebProcess;
let client: RemoteClient;
let owner: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startWebProcess(database.appUrl);
  client = remoteClient(server.base);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
}, 60_000);

afterAll(async () => {
  await owner.end();
  await server.stop();
  await database.drop();
});

const post = (path: string, body: object) =>
  client.ask("POST", path, { body, headers: bakery.key() });

type Answered = Awaited<ReturnType<typeof post>>;

async function verify(siteId: string): Promise<void> {
  const found = await bakery.read(client, `/stock/verify?siteId=${siteId}`);
  expect(found).toMatchObject({ isSound: true });
}

async function receiptOf(siteId: string) {
  const [{ id, lines }] = (await bakery.read(client, `/receipts?siteId=${siteId}`)).data;
  return { path: `/receipts/${id}/price-corrections`, lineId: lines[0].id as string };
}

test("late prices among runs, sales, transfers and voids of the same goods: every row adds up", async () => {
  const { siteId, flour, loaf, recipeId } = await openOven(client);
  const { siteId: otherId } = await bakery.openShop(client);
  const { path, lineId } = await receiptOf(siteId);
  const command = (index: number): Promise<Answered> => {
    const turn = index % 6;
    if (turn === 0) {
      return post(path, { lines: [{ lineId, totalCost: `${80 + ((index * 7) % 50)}.01` }] });
    }
    if (turn === 1) return post("/production-runs", { siteId, recipeId, plannedOutput: "1" });
    if (turn === 2) {
      const lines = [{ itemId: index % 4 === 0 ? flour : loaf, quantity: "0.3" }];
      return post("/transfers", { fromSiteId: siteId, toSiteId: otherId, lines });
    }
    const sale = bakery.saleOf(turn === 5 ? otherId : siteId, [
      { itemId: turn === 3 ? flour : loaf, quantity: "0.2" },
    ]);
    const sold = client.ask("POST", "/sales", { body: sale });
    if (turn !== 3) return sold;
    return sold.then(() => post(`/sales/${sale.id}/void`, { reason: "wrong" }));
  };
  const outcomes = new Set<string>();
  for (let round = 0; round < 8; round++) {
    const commands = Array.from({ length: 18 }, (_, index) => command(round * 18 + index));
    for (const { status, body } of await Promise.all(commands)) {
      outcomes.add(`${status} ${body.code ?? ""}`.trim());
    }
  }
  for (const outcome of outcomes) {
    expect(["200", "201", "409 stock.short", "422 stock.same_cost"]).toContain(outcome);
  }
  expect(outcomes).toContain("201");
  const corrections = (await bakery.read(client, `/price-corrections?siteId=${siteId}`)).data;
  expect(corrections.length).toBeGreaterThan(10);
  const receipt = (await bakery.read(client, `/receipts?siteId=${siteId}`)).data[0];
  const total = corrections.reduce(
    (sum: number, { difference }: { difference: string }) => sum + Number(difference),
    0,
  );
  expect(Number(receipt.lines[0].correctedCost)).toBeCloseTo(100 + total, 6);
  await verify(siteId);
  await verify(otherId);
}, 60_000);

/** Until so many commands wait for a lock; asked outside the transaction that holds it. */
async function untilWaiting(count: number): Promise<void> {
  const waiting = `select count(distinct pid)::int as count
    from pg_locks join pg_stat_activity using (pid)
    where not granted and datname = current_database()`;
  for (;;) {
    const { rows } = await owner.query(waiting);
    if (rows[0].count >= count) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("what a run makes while a late price waits for its lock is found, and gets its part", async () => {
  const { siteId, flour, loaf, recipeId } = await openOven(client);
  const { path, lineId } = await receiptOf(siteId);
  const holder = new pg.Client({ connectionString: database.ownerUrl });
  await holder.connect();
  await holder.query("begin");
  await holder.query("select from stock.balances where site_id = $1 for update", [siteId]);
  const run = post("/production-runs", { siteId, recipeId, plannedOutput: "50" });
  await untilWaiting(1);
  let looks = 0;
  const observe = (sql: string) => {
    if (sql.includes("with recursive reached")) looks += 1;
  };
  const web = openTestWeb(database.appUrl, { observe });
  const correction = web.client.post(
    path,
    { lines: [{ lineId, totalCost: "150.00" }] },
    bakery.key(),
  );
  await untilWaiting(2);
  await holder.query("commit");
  await holder.end();
  expect((await run).status).toBe(201);
  expect(await correction).toMatchObject({ status: 201, body: { difference: "50.00" } });
  // Before and after the lock; then both again, with the loaves' balance locked, too.
  expect(looks).toBe(4);
  await web.close();
  expect(await bakery.balanceOf(client, siteId, loaf)).toMatchObject({ value: "150" });
  expect(await bakery.balanceOf(client, siteId, flour)).toMatchObject({ value: "0" });
  await verify(siteId);
}, 60_000);

/** Holds the flour, then makes something new of it in the same breath as it lets go. */
async function openMaker(siteId: string, flour: string) {
  const maker = new pg.Client({ connectionString: database.ownerUrl });
  await maker.connect();
  await maker.query("begin");
  const itemId = await bakery.addItem(client);
  const lock = "select from stock.balances where item_id = $1 and site_id = $2 for update";
  return {
    isHolding: maker.query(lock, [flour, siteId]),
    async makeAndLetGo() {
      const [layer, lot] = [newId(), newId()];
      await maker.query(
        `insert into stock.layers (id, lot_id, item_id, site_id, quantity_in, value_in, quantity,
           value, effective_at) values ($1, $2, $3, $4, 1, 0, 0, 0, now())`,
        [layer, lot, itemId, siteId],
      );
      await maker.query(
        `insert into stock.genealogy
         select $1, id, $2, 0, 0 from stock.layers where item_id = $3 and site_id = $4`,
        [newId(), layer, flour, siteId],
      );
      await maker.query("commit");
      await maker.end();
    },
  };
}

test("a late price whose goods kept moving on three times is refused, and may be sent again", async () => {
  const { siteId, flour } = await openOven(client);
  const { path, lineId } = await receiptOf(siteId);
  const body = { lines: [{ lineId, totalCost: "150.00" }] };
  const headers = bakery.key();
  let holder = await openMaker(siteId, flour);
  await holder.isHolding;
  const correction = client.ask("POST", path, { body, headers });
  for (let attempt = 1; attempt <= 3; attempt++) {
    await untilWaiting(1);
    const next = await openMaker(siteId, flour);
    await untilWaiting(2);
    await holder.makeAndLetGo();
    await next.isHolding;
    holder = next;
  }
  const refused = await correction;
  expect([refused.status, refused.body.code]).toEqual([409, "stock.correction_busy"]);
  await holder.makeAndLetGo();
  expect((await client.ask("POST", path, { body, headers })).status).toBe(201);
}, 60_000);
