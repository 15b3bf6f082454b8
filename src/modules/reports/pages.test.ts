import { afterAll, beforeAll, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { testClient } from "../../../test/harness/client.ts";
import { insertKey } from "../../../test/harness/key.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { systemCtx } from "../../../test/harness/reports.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { rebuildReports } from "./index.ts";
import { statsPage } from "./page/stats.ts";

let database: TestDatabase;
let bench: TestWeb;
let clock = Date.parse("2026-06-01T10:00:00Z");

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl, { now: () => new Date(clock) });
}, 60_000);

afterAll(async () => {
  await bench.close();
  await database.drop();
});

async function page(path: string, client = bench.client): Promise<string> {
  const { status, headers, body } = await client.get<string>(`//${path}`);
  expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  const markup = body.replaceAll(/>[^<]*/g, ">");
  expect(markup).not.toMatch(/<script|\son\w+=|javascript:|style="/i);
  return body;
}

async function clientWith(scopes: readonly string[], siteIds: readonly string[] | null = null) {
  const key = `bnt_key_${newId().replaceAll("-", "")}${"0".repeat(11)}`;
  await insertKey(database.ownerUrl, newId(), key, scopes, siteIds);
  return testClient(bench.web, { authorization: `Bearer ${key}` });
}

test("an empty company and an empty site say so", async () => {
  expect(await page("reports/latest")).toContain("There is no site in use");
  await bakery.openShop(bench.client, { name: "Quiet Lane" });
  const body = await page("reports/latest");
  expect(body).toContain("Nothing was computed for this site in the last days.");
  expect(body).toContain("There are no numbers of these days.");
  expect(body).not.toContain("<svg");
});

test("the latest days stand in tables, with a chart and its numbers below, and when they were computed", async () => {
  const { client } = bench;
  const name = `<img src=x onerror=alert(1)> & ${newId()}`;
  const { siteId, tillIds } = await bakery.openShop(client, { name });
  const loaf = await bakery.addItem(client, { kind: "product", unit: "piece", name: "<b>Loaf" });
  await bakery.receive(client, siteId, [{ itemId: loaf, quantity: "5", totalCost: "5.00" }]);
  const lines = [{ itemId: loaf, quantity: "2" }];
  await bakery.sell(client, siteId, lines);
  clock = Date.parse("2026-06-02T11:05:00Z");
  await bakery.make(client, "/stock/waste", {
    siteId,
    reason: "Stale",
    lines: [{ itemId: loaf, quantity: "1" }],
  });
  await bakery.sell(client, siteId, lines, { tillId: tillIds[0] });
  await rebuildReports(systemCtx(bench), { siteId });
  const body = await page("reports/latest");
  expect(body).toContain("&lt;img src=x onerror=alert(1)&gt; &amp;");
  expect(body).toContain("&lt;b&gt;Loaf");
  expect(body).toContain("Today, 2026-06-02");
  expect(body).toContain("Yesterday, 2026-06-01");
  expect(body).toMatch(/Computed at \d{4}-\d\d-\d\d \d\d:\d\d, on the site&#39;s clock/);
  // 12:05 in Dublin.
  expect(body).toContain("12:05");
  const [, chart = ""] = body.split("<figure>");
  expect(chart).toMatch(/<svg [^>]*role="img" aria-labelledby="[^"]+">\s*<title/);
  expect(chart.match(/class="bar"/g)).toHaveLength(2);
  expect(chart.slice(chart.indexOf("</figure>"))).toContain("<caption>Net revenue a day");
  expect(body).toContain("Margin");
});

test("who may not see costs finds neither margins nor the worth of waste, nor another's site", async () => {
  const { siteId } = await bakery.openShop(bench.client, { name: "Own Street" });
  const reader = await clientWith(["reports.read"], [siteId]);
  const body = await page("reports/latest", reader);
  expect(body).toContain("Own Street");
  expect(body).not.toContain("Loaf");
  const all = await page("reports/latest", await clientWith(["reports.read"]));
  expect(all).toContain("Loaf");
  expect(all).not.toContain("Margin");
  expect(all).not.toContain("By value");
  expect((await (await clientWith(["sales.read"])).get("//reports/latest")).status).toBe(403);
  const guest = await testClient(bench.web, {}).get("//reports/latest");
  expect([guest.status, guest.headers.get("location")]).toEqual([
    303,
    "/sign-in?next=%2Freports%2Flatest",
  ]);
});

test("the page of the system shows requests, events and how far reports are behind", async () => {
  const body = await page("admin/stats");
  expect(body).toContain("GET /reports/latest");
  expect(body).toContain("There are no queues.");
  expect(body).toMatch(/Days computed<\/dt><dd>\d+</);
  const local = await clientWith(["stats.read"], [newId()]);
  expect((await local.get("//admin/stats")).status).toBe(403);
});

test("numbers of jobs have their place on the page", () => {
  const reports = { days: 0, newest: null, marked: 2, waitingSeconds: 7 };
  const jobs = [{ name: "reports", waiting: 3, active: 1, failed: 0, lagSeconds: 4 }];
  const readAt = "2026-06-01T10:00:00Z";
  const happened = [{ type: "sale.recorded", today: 5, week: 60, ever: 7_000 }];
  const body = statsPage({ readAt, traffic: [], counts: [], reports, jobs, happened });
  expect(body).toContain('<th scope="row">reports</th><td class="number">3</td>');
  expect(body).toContain('<th scope="row">sale.recorded</th><td class="number">5</td>');
});
