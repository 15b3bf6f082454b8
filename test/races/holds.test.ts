import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import { newId } from "#platform/id.ts";
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

/** Takes of held layers by sales and runs, recorded while they were held. */
const leaks = `
  select m.type, m.seq from stock.movements m
  join stock.allocations a on a.movement_id = m.id and a.quantity < 0
  where m.type in ('sale', 'consumption', 'settlement', 'transfer_out') and (
    select h.is_held from stock.layer_holds h
    where h.layer_id = a.layer_id and h.seq < m.seq order by h.seq desc limit 1)`;

/** Layers whose state is not what their last flip says, or not that of their lot. */
const strays = `
  select l.id from stock.layers l
  where l.is_held <> coalesce((select h.is_held from stock.layer_holds h
      where h.layer_id = l.id order by h.seq desc limit 1), false)
    or l.is_held <> exists (select from stock.hold_lots c where c.lot_id = l.lot_id
      and not exists (select from stock.releases r where r.hold_id = c.hold_id))`;

async function look(sql: string): Promise<unknown[]> {
  const looking = new pg.Client({ connectionString: database.ownerUrl });
  await looking.connect();
  const { rows } = await looking.query(sql);
  await looking.end();
  return rows;
}

const post = (path: string, body: object) =>
  client.ask("POST", path, { body, headers: bakery.key() });

test("a hold among sales, runs, transfers and counts: nothing held is taken after it", async () => {
  const [here, there] = [await bakery.openShop(client), await bakery.openShop(client)];
  const { siteId } = here;
  const flour = await bakery.addItem(client);
  const loaf = await bakery.addItem(client, { kind: "product", unit: "piece" });
  const ingredients = [{ itemId: flour, quantity: "1", unit: "kg" }];
  const { id: recipeId } = await bakery.make(client, "/recipes", {
    itemId: loaf,
    yield: { quantity: "1", unit: "piece" },
    ingredients,
  });
  for (let round = 0; round < 5; round++) {
    await bakery.receive(client, siteId, [{ itemId: flour, quantity: "60", totalCost: "60.00" }]);
    const shelf = await bakery.layersOf(client, siteId, flour);
    const { lotId } = shelf.find((layer) => layer.quantity === "60" && !layer.isHeld);
    const run = () => post("/production-runs", { siteId, recipeId, plannedOutput: "1" });
    for (let made = 0; made < 5; made++) await run();
    const sale = () => {
      const body = bakery.saleOf(siteId, [{ itemId: loaf, quantity: "1" }], { id: newId() });
      return client.ask("POST", "/sales", { body });
    };
    const carry = () =>
      post("/transfers", {
        fromSiteId: siteId,
        toSiteId: there.siteId,
        lines: [{ itemId: loaf, quantity: "1" }],
      });
    // A lot that the other site has never had: found there, it may be held from its birth.
    const count = () =>
      post("/stock/counts", {
        siteId: there.siteId,
        lines: [{ itemId: flour, counted: String(round + 1), lotId }],
      });
    const sent = Array.from({ length: 40 }, (_, index) => {
      if (index === 20) return post(`/stock/lots/${lotId}/hold`, { reason: "race" });
      if (index === 22) return count();
      return [sale, run, carry][index % 3]?.();
    });
    const answers = await Promise.all(sent);
    expect(answers.map((answer) => answer?.status).filter((status) => status === 500)).toEqual([]);
    expect(answers[20]?.status, JSON.stringify(answers[20]?.body)).toBe(201);
    expect(await look(leaks)).toEqual([]);
    expect(await look(strays)).toEqual([]);
    if (round % 2 === 0) await bakery.make(client, `/stock/lots/${lotId}/release`, {});
    expect(await look(strays)).toEqual([]);
  }
  for (const site of [siteId, there.siteId]) {
    const found = await bakery.read(client, `/stock/verify?siteId=${site}`);
    expect(found).toMatchObject({ isSound: true, broken: null });
  }
}, 120_000);

test("holds and releases of lots that share what was made of them, all at once", async () => {
  const { siteId } = await bakery.openShop(client);
  const [flour, salt] = [await bakery.addItem(client), await bakery.addItem(client)];
  const dough = await bakery.addItem(client, { kind: "product" });
  await bakery.receive(client, siteId, [
    { itemId: flour, quantity: "9", totalCost: "9.00" },
    { itemId: salt, quantity: "9", totalCost: "9.00" },
  ]);
  const { id: recipeId } = await bakery.make(client, "/recipes", {
    itemId: dough,
    yield: { quantity: "1", unit: "kg" },
    ingredients: [flour, salt].map((itemId) => ({ itemId, quantity: "0.5", unit: "kg" })),
  });
  await bakery.make(client, "/production-runs", { siteId, recipeId, plannedOutput: "4" });
  const lots = await Promise.all(
    [flour, salt, dough].map(async (item) => {
      return (await bakery.layersOf(client, siteId, item))[0]?.lotId as string;
    }),
  );
  for (let round = 0; round < 8; round++) {
    const verb = (index: number) => ((index + round) % 2 === 0 ? "hold" : "release");
    const sent = lots.flatMap((lot, index) => [
      post(`/stock/lots/${lot}/${verb(index)}`, { reason: "race" }),
      post(`/stock/lots/${lot}/${verb(index)}`, { reason: "race" }),
    ]);
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(statuses.filter((status) => ![200, 201, 409].includes(status))).toEqual([]);
    expect(await look(strays)).toEqual([]);
  }
}, 60_000);
