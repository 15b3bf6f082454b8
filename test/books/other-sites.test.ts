import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { grantsOf } from "#modules/access/index.ts";
import { recordReceipt } from "#modules/stock/index.ts";
import { newId } from "#platform/id.ts";
import { clientAs, clientWith } from "../harness/actors.ts";
import * as bakery from "../harness/bakery.ts";
import type { TestClient } from "../harness/client.ts";
import { allCommands } from "../harness/commands.ts";
import { type Kitchen, lotsOf, makeDough, openKitchen } from "../harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { contextOf } from "../harness/stock-books.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
/** Somebody else's kitchen, with one of everything in it. */
let theirs: Kitchen;
let mine: Kitchen;
/** A manager of `mine` and of no other site. */
let stranger: TestClient;
let theirTransfer: string;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  [theirs, mine] = [await openKitchen(web.client), await openKitchen(web.client)];
  stranger = await clientAs({ database, web }, "manager", [mine.siteId]);
  const names = ["receipt", "waste", "count with a loss and a gain", "run", "sale", "refund"];
  const wanted = [...names, "price correction that follows butter into dough", "transfer"];
  for (const command of allCommands.filter(({ name }) => wanted.includes(name))) {
    const { method, path, body, headers } = await command.prepare(theirs);
    const answer = await web.client.ask(method, path, { body, headers });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    if (command.name === "transfer") theirTransfer = answer.body.id;
  }
}, 60_000);
afterAll(async () => {
  await web.close();
  await database.drop();
});

const lists = [
  "/stock",
  "/stock/layers",
  "/stock/movements",
  "/receipts",
  "/stock/waste",
  "/stock/counts",
  "/price-corrections",
  "/production-runs",
  "/sales",
  "/refunds",
];

const idOf = async (list: string): Promise<string> => {
  const { data } = await bakery.read(web.client, `${list}?siteId=${theirs.siteId}&limit=1`);
  return data[0].id;
};

describe("whoever has a role at one site only", () => {
  test("lists of their own site, and nothing of another, however they ask", async () => {
    for (const list of lists) {
      const { data } = await bakery.read(stranger, `${list}?limit=200`);
      const sites = data.map(({ siteId }: { siteId: string }) => siteId);
      expect([list, ...new Set(sites)]).toEqual(sites.length > 0 ? [list, mine.siteId] : [list]);
      const foreign = await bakery.read(stranger, `${list}?siteId=${theirs.siteId}`);
      expect([list, foreign]).toEqual([list, { data: [], next: null }]);
      const known = await bakery.read(web.client, `${list}?siteId=${theirs.siteId}`);
      expect([list, known.data.length > 0]).toEqual([list, true]);
    }
    const asOf = new Date().toISOString();
    const then = await bakery.read(stranger, `/stock?asOf=${asOf}&limit=200`);
    expect(new Set(then.data.map(({ siteId }: { siteId: string }) => siteId))).toEqual(
      new Set([mine.siteId]),
    );
    expect((await bakery.read(stranger, "/transfers")).data).toEqual([]);
  });

  test("finds a record of another site as missing as one that never was", async () => {
    const records = lists.filter(
      (list) => !["/stock", "/stock/layers", "/stock/movements"].includes(list),
    );
    const withId = await Promise.all(
      records.map(async (list) => [list, await idOf(list)] as const),
    );
    const [lotId = ""] = await lotsOf(theirs, theirs.flour);
    const paths = [
      ...withId.map(([list, id]) => [list, id, ""] as const),
      ["/transfers", theirTransfer, ""] as const,
      ["/stock/lots", lotId, ""] as const,
      ["/stock/lots", lotId, "/trace"] as const,
      ["/stock/lots", lotId, "/trace/sales"] as const,
      ["/stock/lots", lotId, "/recall"] as const,
      ["/sales", await idOf("/sales"), "/refunds"] as const,
    ];
    for (const [list, id, rest] of paths) {
      expect((await web.client.get(`${list}/${id}${rest}`)).status).toBe(200);
      await expectSame((at) => stranger.get(`${list}/${at}${rest}`), id, 404);
    }
  });

  test("acts on a record of another site as on one that never was", async () => {
    const [lotId = ""] = await lotsOf(theirs, theirs.flour);
    const receipt = await idOf("/receipts");
    const lines = [{ lineId: newId(), totalCost: "1.00" }];
    const acts = [
      ["/receipts", receipt, "/reverse", {}],
      ["/receipts", receipt, "/price-corrections", { lines }],
      ["/stock/waste", await idOf("/stock/waste"), "/reverse", {}],
      ["/stock/counts", await idOf("/stock/counts"), "/reverse", {}],
      ["/production-runs", await idOf("/production-runs"), "/reverse", {}],
      ["/stock/lots", lotId, "/hold", { reason: "glass" }],
      ["/stock/lots", lotId, "/release", {}],
    ] as const;
    for (const [list, id, rest, body] of acts) {
      await expectSame((at) => stranger.post(`${list}/${at}${rest}`, body, bakery.key()), id, 404);
    }
  });

  test("names another site in a command as one that never was: 422", async () => {
    const line = { itemId: mine.flour, quantity: "1" };
    const { doughRecipe: recipeId } = theirs;
    const commands = [
      ["/receipts", { lines: [{ ...line, totalCost: "1.00" }] }],
      ["/stock/waste", { reason: "stale", lines: [line] }],
      ["/stock/counts", { lines: [{ itemId: mine.flour, counted: "1" }] }],
      ["/production-runs", { recipeId, plannedOutput: "1" }],
      ["/sales", bakery.saleOf("", [line])],
      ["/sales", bakery.saleOf("", [line], { tillId: theirs.tillId })],
    ] as const;
    for (const [path, body] of commands) {
      const send = (siteId: string) => {
        const id = newId();
        return stranger.post(path, { ...body, id, siteId }, bakery.key());
      };
      const { code, errors } = await expectSame(send, theirs.siteId, 422);
      expect([path, code, errors[0].pointer]).toEqual([path, "sites.site_unknown", "/siteId"]);
    }
    for (const side of ["fromSiteId", "toSiteId"]) {
      const sites = { fromSiteId: mine.siteId, toSiteId: mine.siteId };
      const send = (siteId: string) =>
        stranger.post("/transfers", { ...sites, [side]: siteId, lines: [line] }, bakery.key());
      await expectSame(send, theirs.siteId, 422);
    }
  });

  test("names a lot of another site as one that never was", async () => {
    const [lotId = ""] = await lotsOf(theirs, theirs.flour);
    const { siteId } = mine;
    const item = { itemId: theirs.flour };
    const waste = (at: string) => {
      const lines = [{ ...item, quantity: "1", lotId: at }];
      return stranger.post("/stock/waste", { siteId, reason: "stale", lines }, bakery.key());
    };
    const count = (at: string) => {
      const lines = [{ ...item, counted: "1", lotId: at }];
      return stranger.post("/stock/counts", { siteId, lines }, bakery.key());
    };
    await expectSame(waste, lotId, 422);
    await expectSame(count, lotId, 422);
  });
});

/** The same answer, but for what names the request, for an id of others as for one of nobody. */
async function expectSame(
  ask: (id: string) => Promise<{ readonly status: number; readonly body: Problem }>,
  id: string,
  status: number,
): Promise<Problem> {
  const told = ({ status: got, body }: Awaited<ReturnType<typeof ask>>) => {
    const { traceId: _, instance: __, ...rest } = body;
    return { status: got, ...rest };
  };
  const [foreign, missing] = [await ask(id), await ask(newId())];
  expect(told(foreign)).toEqual(told(missing));
  expect([foreign.status, foreign.body.instance]).toEqual([status, foreign.body.instance]);
  return foreign.body;
}

// biome-ignore lint/suspicious/noExplicitAny: a problem, told by its fields
type Problem = any;

describe("403", () => {
  test("does not depend on whether there is such a record", async () => {
    const cashier = await clientAs({ database, web }, "cashier", [mine.siteId]);
    const { data } = await bakery.read(web.client, `/receipts?siteId=${mine.siteId}&limit=1`);
    for (const id of [data[0].id, await idOf("/receipts"), newId()]) {
      const answer = await cashier.post(`/receipts/${id}/reverse`, {}, bakery.key());
      expect([answer.status, answer.body.code]).toEqual([403, "access.forbidden"]);
    }
    for (const siteId of [mine.siteId, theirs.siteId, newId()]) {
      const lines = [{ itemId: mine.flour, quantity: "1", totalCost: "1.00" }];
      const answer = await cashier.post("/receipts", { siteId, lines }, bakery.key());
      expect([answer.status, answer.body.code]).toEqual([403, "access.forbidden"]);
    }
  });

  test("a site one sees, but not for this", async () => {
    const lines = [{ itemId: mine.flour, quantity: "1", totalCost: "1.00" }];
    const grants = grantsOf([
      { role: "baker", siteId: mine.siteId },
      { role: "cashier", siteId: theirs.siteId },
    ]);
    const actor = { kind: "person", id: newId(), scope: newId(), grants } as const;
    const receive = (siteId: string) =>
      recordReceipt({ ...contextOf(web.app), actor }, newId(), { siteId, lines });
    await expect(receive(theirs.siteId)).rejects.toMatchObject({ code: "access.forbidden" });
    await expect(receive(newId())).rejects.toMatchObject({ code: "sites.site_unknown" });
    expect((await receive(mine.siteId)).body.lines[0]).not.toHaveProperty("totalCost");
  });

  test("the ledger is verified for the whole company, not by whom one site is given", async () => {
    expect((await stranger.get("/stock/verify")).status).toBe(403);
    expect((await stranger.get(`/stock/verify?siteId=${mine.siteId}`)).status).toBe(403);
  });

  test("a late price takes costs.read beside its own permission", async () => {
    const scopes = ["stock.read", "stock.correct_price"] as const;
    const blind = await clientWith({ database, web }, scopes);
    const { data } = await bakery.read(web.client, `/receipts?siteId=${mine.siteId}&limit=1`);
    const lines = [{ lineId: data[0].lines[0].id, totalCost: "1.00" }];
    const path = `/receipts/${data[0].id}/price-corrections`;
    expect((await blind.post(path, { lines }, bakery.key())).status).toBe(403);
    expect((await blind.get("/price-corrections")).status).toBe(403);
  });
});

describe("what several sites share", () => {
  async function shared() {
    const kitchen = await openKitchen(web.client);
    const other = await bakery.openShop(web.client);
    const { siteId, flour: itemId } = kitchen;
    const [lotId = ""] = await lotsOf(kitchen, itemId);
    const lines = [{ itemId, quantity: "5", lotId }];
    const sites = { fromSiteId: siteId, toSiteId: other.siteId };
    const transfer = await bakery.make(web.client, "/transfers", { ...sites, lines });
    const at = (site: string) => clientAs({ database, web }, "manager", [site]);
    return { kitchen, lotId, transfer, here: await at(siteId), there: await at(other.siteId) };
  }

  test("a transfer is read, with its value, by whoever reads either site, and made by who may at both", async () => {
    const { transfer, here, there, kitchen } = await shared();
    for (const client of [here, there]) {
      expect(await bakery.read(client, `/transfers/${transfer.id}`)).toEqual(transfer);
      expect((await bakery.read(client, "/transfers")).data).toEqual([transfer]);
    }
    const { fromSiteId, toSiteId } = transfer;
    const lines = [{ itemId: kitchen.flour, quantity: "1" }];
    const back = { fromSiteId: toSiteId, toSiteId: fromSiteId, lines };
    for (const client of [here, there]) {
      const answer = await client.post("/transfers", back, bakery.key());
      expect([answer.status, answer.body.errors[0].code]).toEqual([422, "sites.site_unknown"]);
    }
  });

  test("a lot is seen with the layers of one's own sites; its trace is told whole", async () => {
    const { lotId, there, transfer, kitchen } = await shared();
    const lot = await bakery.read(there, `/stock/lots/${lotId}`);
    const places = lot.layers.map(({ siteId }: { siteId: string }) => siteId);
    expect(places).toEqual([transfer.toSiteId]);
    const recall = await bakery.read(there, `/stock/lots/${lotId}/recall`);
    const told = recall.lots[0].places.map(({ siteId }: { siteId: string }) => siteId);
    expect(told.sort()).toEqual([kitchen.siteId, transfer.toSiteId].sort());
  });

  test("whoever has some of a lot stops it everywhere; to free it takes all its sites", async () => {
    const { lotId, here, there, kitchen } = await shared();
    await makeDough(kitchen, "0.3");
    const hold = await there.post(`/stock/lots/${lotId}/hold`, { reason: "glass" }, bakery.key());
    expect(hold.status, JSON.stringify(hold.body)).toBe(201);
    expect(hold.body.lotCount).toBe(2);
    expect((await bakery.read(here, `/stock/holds/${hold.body.id}`)).isActive).toBe(true);
    expect((await bakery.read(here, "/stock/holds")).data).toHaveLength(1);
    expect((await bakery.read(stranger, "/stock/holds")).data).toEqual([]);
    expect((await stranger.get(`/stock/holds/${hold.body.id}`)).status).toBe(404);
    for (const client of [here, there]) {
      const answer = await client.post(`/stock/lots/${lotId}/release`, {}, bakery.key());
      expect([answer.status, answer.body.code]).toEqual([403, "access.forbidden"]);
    }
    const freed = await web.client.post(`/stock/lots/${lotId}/release`, {}, bakery.key());
    expect(freed.status).toBe(200);
  });
});

test("what one date further back than seven days takes stock.backdate, up to the last close", async () => {
  const { siteId, flour: itemId } = mine;
  const baker = await clientAs({ database, web }, "baker", [siteId]);
  const lines = [{ itemId, quantity: "1", totalCost: "1.00" }];
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const receive = (client: TestClient, days: number) =>
    client.post("/receipts", { siteId, effectiveAt: ago(days), lines }, bakery.key());
  const late = await receive(baker, 8);
  expect([late.status, late.body.errors[0].code]).toEqual([422, "stock.moment"]);
  expect((await receive(baker, 6)).status).toBe(201);
  expect((await receive(stranger, 40)).status).toBe(201);
  await bakery.make(web.client, "/periods/close", { siteId, through: ago(30).slice(0, 10) });
  const closed = await receive(stranger, 40);
  expect([closed.status, closed.body.errors[0].code]).toEqual([422, "stock.period_closed"]);
  expect((await receive(stranger, 20)).status).toBe(201);
}, 30_000);
