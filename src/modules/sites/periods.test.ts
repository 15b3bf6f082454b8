import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { addItem, key, openShop, receive, saleOf } from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

// Dublin, cutover 04:00; it is Wednesday, and summer ended on the 25th of October.
let now = new Date("2026-10-28T12:00:00Z");
let database: TestDatabase;
let web: TestWeb;
let siteId: string;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl, { now: () => now });
  siteId = await openSite();
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

const openSite = async () => (await openShop(web.client)).siteId;
const close = (body: object, headers = key()) => web.client.post("/periods/close", body, headers);
const reopen = (body: object, headers = key()) => web.client.post("/periods/reopen", body, headers);
const problemOf = (answer: Awaited<ReturnType<typeof close>>) => {
  const [{ pointer, code } = {} as Record<string, string>] = answer.body.errors ?? [];
  return [answer.status, pointer, code];
};

describe("200", () => {
  test("the log is read newest first, of one site, page by page", async () => {
    const here = await openSite();
    const ids: string[] = [];
    for (const through of ["2026-10-01", "2026-10-02", "2026-10-03"]) {
      ids.unshift((await close({ siteId: here, through })).body.id);
    }
    const first = (await web.client.get(`/periods?siteId=${here}&limit=2`)).body;
    const rest = (await web.client.get(`/periods?siteId=${here}&limit=2&cursor=${first.next}`))
      .body;
    const seen = [...first.data, ...rest.data].map(({ id }: { id: string }) => id);
    expect(seen).toEqual(ids);
    expect((await web.client.get(`/periods/${ids[0]}`)).body).toEqual(first.data[0]);
  });
});

describe("201", () => {
  test("a close reaches to the end of the business date, whatever the clock did that day", async () => {
    const here = await openSite();
    const { body, headers } = await close({ siteId: here, through: "2026-10-24" });
    // The business date of the 24th ends at 04:00 local on the 25th, after the hour that came twice.
    expect(body).toMatchObject({
      siteId: here,
      action: "close",
      closedThrough: "2026-10-24",
      closedBefore: "2026-10-25T04:00:00Z",
      reason: null,
    });
    expect(headers.get("location")).toBe(`/api/v1/periods/${body.id}`);
    const site = (await web.client.get(`/sites/${here}`)).body;
    expect(site).toMatchObject({ closedThrough: "2026-10-24", version: 2 });
  });

  test("in summer it is an hour earlier", async () => {
    const here = await openSite();
    const { body } = await close({ siteId: here, through: "2026-10-23" });
    expect(body.closedBefore).toBe("2026-10-24T03:00:00Z");
  });

  test("the same key again answers the same close", async () => {
    const here = await openSite();
    const headers = key();
    const first = await close({ siteId: here, through: "2026-10-01" }, headers);
    const again = await close({ siteId: here, through: "2026-10-01" }, headers);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });

  test("reopening gives back later days, or all, and says why", async () => {
    const here = await openSite();
    await close({ siteId: here, through: "2026-10-20" });
    const reason = "a late invoice";
    const part = await reopen({ siteId: here, through: "2026-10-10", reason });
    expect(part.body).toMatchObject({ action: "reopen", closedThrough: "2026-10-10", reason });
    const all = await reopen({ siteId: here, reason });
    expect(all.body).toMatchObject({ closedThrough: null, closedBefore: null });
    expect((await web.client.get(`/sites/${here}`)).body.closedThrough).toBeNull();
  });

  test("a day is closed 5 minutes after its end, not a second earlier", async () => {
    const here = await openSite();
    now = new Date("2026-10-28T04:04:59Z");
    const early = await close({ siteId: here, through: "2026-10-27" });
    now = new Date("2026-10-28T04:05:00Z");
    const late = await close({ siteId: here, through: "2026-10-27" });
    now = new Date("2026-10-28T12:00:00Z");
    expect(problemOf(early)).toEqual([422, "/through", "sites.period_too_recent"]);
    expect(late.status).toBe(201);
  });
});

describe("422", () => {
  test("closing what is closed, reopening what is open", async () => {
    const here = await openSite();
    const reason = "x";
    const open = [422, "/through", "sites.period_open"];
    expect(problemOf(await reopen({ siteId: here, reason }))).toEqual(open);
    await close({ siteId: here, through: "2026-10-20" });
    for (const through of ["2026-10-20", "2026-10-19"]) {
      const closed = [422, "/through", "sites.period_closed"];
      expect(problemOf(await close({ siteId: here, through }))).toEqual(closed);
    }
    for (const through of ["2026-10-20", "2026-10-21"]) {
      expect(problemOf(await reopen({ siteId: here, through, reason }))).toEqual(open);
    }
  });

  test("a day to come, a site that is not there, a reopening without a reason", async () => {
    const future = await close({ siteId, through: "9999-12-31" });
    expect(problemOf(future)).toEqual([422, "/through", "sites.period_too_recent"]);
    const nowhere = await close({ siteId: newId(), through: "2026-10-01" });
    expect(problemOf(nowhere)).toEqual([422, "/siteId", "sites.site_unknown"]);
    expect((await reopen({ siteId, through: "2026-10-01" })).status).toBe(422);
  });
});

test("400: a close needs its key", async () => {
  expect((await close({ siteId, through: "2026-10-01" }, {} as never)).status).toBe(400);
});

test("404: a change that is not there", async () => {
  expect((await web.client.get(`/periods/${newId()}`)).status).toBe(404);
});

describe("nothing is dated in a closed period", () => {
  const last = "2026-10-27T03:59:59.999Z";
  const first = "2026-10-27T04:00:00Z";

  async function closedShop() {
    const shop = await openShop(web.client);
    const itemId = await addItem(web.client);
    await receive(web.client, shop.siteId, [{ itemId, quantity: "9", totalCost: "9" }], {
      effectiveAt: "2026-10-26T12:00:00Z",
    });
    await close({ siteId: shop.siteId, through: "2026-10-26" });
    return { ...shop, itemId };
  }

  const closed = (pointer: string) => [422, pointer, "stock.period_closed"];

  test("no receipt, count or run; the first instant that is open takes them", async () => {
    const { siteId: here, itemId } = await closedShop();
    const loaf = await addItem(web.client, { kind: "product", unit: "piece" });
    const ingredients = [{ itemId, quantity: "1", unit: "kg" }];
    const made = { itemId: loaf, yield: { quantity: "1", unit: "piece" }, ingredients };
    const recipeId = (await web.client.post("/recipes", made, key())).body.id;
    const lines = [{ itemId, quantity: "1", totalCost: "1" }];
    const counted = [{ itemId, counted: "5" }];
    const asks = [
      ["/receipts", "/effectiveAt", (effectiveAt: string) => ({ lines, effectiveAt })],
      ["/stock/counts", "/countedAt", (countedAt: string) => ({ lines: counted, countedAt })],
      [
        "/production-runs",
        "/effectiveAt",
        (effectiveAt: string) => ({ recipeId, plannedOutput: "1", effectiveAt }),
      ],
    ] as const;
    for (const [path, pointer, bodyAt] of asks) {
      const send = (at: string) => web.client.post(path, { siteId: here, ...bodyAt(at) }, key());
      expect(problemOf(await send(last))).toEqual(closed(pointer));
      expect((await send(first)).status).toBe(201);
    }
  });

  test("no sale, of a till that sells through neither", async () => {
    const { siteId: here, tillIds, itemId } = await closedShop();
    const lines = [{ itemId, quantity: "1" }];
    const sell = (fields: object) => web.client.post("/sales", saleOf(here, lines, { ...fields }));
    const till = { tillId: tillIds[0], onShort: "record" };
    expect(problemOf(await sell({ soldAt: last }))).toEqual(closed("/soldAt"));
    expect(problemOf(await sell({ soldAt: last, ...till }))).toEqual(closed("/soldAt"));
    expect((await sell({ soldAt: first })).status).toBe(201);
  });

  test("a transfer at neither of its sites", async () => {
    const { siteId: here, itemId } = await closedShop();
    const there = await openSite();
    const lines = [{ itemId, quantity: "1" }];
    const move = (fromSiteId: string, toSiteId: string, effectiveAt: string) =>
      web.client.post("/transfers", { fromSiteId, toSiteId, lines, effectiveAt }, key());
    expect(problemOf(await move(here, there, last))).toEqual(closed("/effectiveAt"));
    expect(problemOf(await move(there, here, last))).toEqual(closed("/effectiveAt"));
    expect((await move(here, there, first)).status).toBe(201);
  });

  test("after a reopening it is possible again", async () => {
    const { siteId: here, itemId } = await closedShop();
    await reopen({ siteId: here, through: "2026-10-25", reason: "forgot one" });
    const lines = [{ itemId, quantity: "1", totalCost: "1" }];
    const body = { siteId: here, lines, effectiveAt: last };
    expect((await web.client.post("/receipts", body, key())).status).toBe(201);
  });
});
