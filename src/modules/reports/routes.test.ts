import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { testClient } from "../../../test/harness/client.ts";
import { insertKey } from "../../../test/harness/key.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { systemCtx } from "../../../test/harness/reports.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { rebuildReports } from "./index.ts";

let database: TestDatabase;
let bench: TestWeb;
const clock = Date.parse("2026-06-02T10:00:00Z");
let here: string;
let there: string;
let loaf: string;

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl, { now: () => new Date(clock) });
  const { client } = bench;
  [here, there] = [(await bakery.openShop(client)).siteId, (await bakery.openShop(client)).siteId];
  loaf = await bakery.addItem(client, { kind: "product", unit: "piece", name: "=Loaf" });
  const gift = await bakery.addItem(client, { kind: "product", stocking: "none", unit: "piece" });
  for (const siteId of [here, there]) {
    await bakery.receive(client, siteId, [{ itemId: loaf, quantity: "9", totalCost: "9.00" }]);
    for (let sale = 0; sale < 2; sale++) {
      await bakery.sell(client, siteId, [
        { itemId: loaf, quantity: "2" },
        { itemId: gift, quantity: "1" },
      ]);
    }
    const lines = [{ itemId: loaf, quantity: "1" }];
    await bakery.make(client, "/stock/waste", { siteId, reason: "Fell", lines });
  }
  await rebuildReports(systemCtx(bench));
}, 60_000);

afterAll(async () => {
  await bench.close();
  await database.drop();
});

const lists = [
  "sales/days",
  "sales/items",
  "sales/hours",
  "best-sellers",
  "averages",
  "averages/items",
  "waste",
  "materials",
  "production",
  "payments",
  "sell-outs",
  "valuation",
];

async function clientWith(scopes: readonly string[], siteIds: readonly string[] | null = null) {
  const key = `bnt_key_${newId().replaceAll("-", "")}${"0".repeat(11)}`;
  await insertKey(database.ownerUrl, newId(), key, scopes, siteIds);
  return testClient(bench.web, { authorization: `Bearer ${key}` });
}

describe("200", () => {
  test("every list is paged, and each row says when it was computed", async () => {
    for (const list of lists) {
      const whole = await bakery.read(bench.client, `/reports/${list}`);
      const paged: object[] = [];
      let cursor = "";
      for (;;) {
        const page = await bakery.read(bench.client, `/reports/${list}?limit=1${cursor}`);
        paged.push(...page.data);
        if (page.next === null) break;
        cursor = `&cursor=${page.next}`;
      }
      expect(paged).toEqual(whole.data);
      for (const row of whole.data) expect(row.computedAt).toMatch(/^20\d\d-.*Z$/);
    }
  });

  test("a list comes as CSV with formulas escaped", async () => {
    const headers = { accept: "text/csv" };
    const { body } = await bench.client.get<string>("/reports/sales/items", headers);
    expect(body.split("\r\n")[0]).toContain("siteId,siteName,businessDate,itemId,itemName,unit");
    expect(body).toContain("'=Loaf");
    expect(body).toContain("# end: 4 records");
  });

  test("what keeps no stock has no cost and no margin, never one of 0", async () => {
    const { data } = await bakery.read(bench.client, `/reports/sales/items?siteId=${here}`);
    const gift = data.find((row: { itemId: string }) => row.itemId !== loaf);
    expect(gift).toMatchObject({ cost: null, margin: null, marginOf: null, revenueGross: "5.00" });
    const [day] = (await bakery.read(bench.client, `/reports/sales/days?siteId=${here}`)).data;
    // Of the day's 15.00 only the loaves' 10.00 have a cost: 4.
    expect(day).toMatchObject({ revenueGross: "15.00", cost: "4", marginOf: "10.00", margin: "6" });
  });

  test("filters keep to a site, an item and days", async () => {
    const count = async (filter: string) =>
      (await bakery.read(bench.client, `/reports/sales/items?${filter}`)).data.length;
    expect(await count(`siteId=${here}`)).toBe(2);
    expect(await count(`itemId=${loaf}`)).toBe(2);
    expect(await count("from=2026-06-02&to=2026-06-02")).toBe(4);
    expect(await count("from=2026-06-03")).toBe(0);
  });

  test("best sellers rank by what was asked", async () => {
    const first = async (by: string) =>
      (await bakery.read(bench.client, `/reports/best-sellers?siteId=${here}&by=${by}`)).data[0];
    expect(await first("quantity")).toMatchObject({ rank: 1, itemId: loaf, quantity: "4" });
    expect(await first("revenue")).toMatchObject({ rank: 1, revenueNet: "10.00" });
  });
});

describe("401, 403 and what is not shown", () => {
  test("nobody reads reports without a key, or with one that may only sell", async () => {
    const stranger = testClient(bench.web, {});
    const cashier = await clientWith(["sales.read", "sales.ring_up", "stock.read"]);
    for (const list of lists) {
      expect((await stranger.get(`/reports/${list}`)).status).toBe(401);
      expect((await cashier.get(`/reports/${list}`)).status).toBe(403);
    }
  });

  test("a site that is not the caller's has no rows, even when it is asked for", async () => {
    const manager = await clientWith(["reports.read", "costs.read"], [here]);
    for (const list of lists) {
      const { data } = await bakery.read(manager, `/reports/${list}`);
      for (const row of data) expect(row.siteId).toBe(here);
    }
    expect((await bakery.read(manager, `/reports/sales/days?siteId=${there}`)).data).toEqual([]);
    expect((await bakery.read(manager, "/reports/sales/days")).data).toHaveLength(1);
  });

  test("costs, margins and values are absent for those who may not see them", async () => {
    const hidden = ["cost", "margin", "marginOf", "value", "lostValue", "usedValue", "change"];
    const reader = await clientWith(["reports.read"]);
    for (const list of lists) {
      const { data } = await bakery.read(reader, `/reports/${list}`);
      for (const row of data) for (const field of hidden) expect(row).not.toHaveProperty(field);
    }
  });
});

describe("422", () => {
  test("a day that does not exist, a cursor of another list and an unknown filter are refused", async () => {
    const page = await bakery.read(bench.client, "/reports/sales/days?limit=1");
    const paths = ["sales/days?from=2026-02-30", `waste?cursor=${page.next}`, "payments?by=day"];
    for (const path of [...paths, "averages/items?on=now", "best-sellers?by=luck"]) {
      expect((await bench.client.get(`/reports/${path}`)).status).toBe(422);
    }
  });
});
