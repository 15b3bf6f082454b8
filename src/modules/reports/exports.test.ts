import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { strFromU8, unzipSync } from "fflate";
import { statement } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import { storageOf } from "#platform/storage.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestClient, testClient } from "../../../test/harness/client.ts";
import { insertKey } from "../../../test/harness/key.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { systemCtx } from "../../../test/harness/reports.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { rebuildReports, renderExport } from "./index.ts";
import { type ReportExport, reportNames } from "./model/exports.ts";
import { beginExport, failExport } from "./queries/exports.ts";
import { sweepExports } from "./service/render.ts";

let database: TestDatabase;
let bench: TestWeb;
const now = () => new Date("2026-06-02T10:00:00Z");
let here: string;
let there: string;

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl, { now });
  const { client } = bench;
  [here, there] = [(await bakery.openShop(client)).siteId, (await bakery.openShop(client)).siteId];
  for (const siteId of [here, there]) {
    const formula = { kind: "product", unit: "piece", name: `=1+1 <b> ${siteId.slice(-4)}` };
    const loaf = await bakery.addItem(client, formula);
    await bakery.receive(client, siteId, [{ itemId: loaf, quantity: "9", totalCost: "9.00" }]);
    await bakery.sell(client, siteId, [{ itemId: loaf, quantity: "2" }]);
    const lines = [{ itemId: loaf, quantity: "1" }];
    await bakery.make(client, "/stock/waste", { siteId, reason: "Fell", lines });
  }
  await rebuildReports(systemCtx(bench));
}, 60_000);

afterAll(async () => {
  await bench.close();
  await database.drop();
});

async function clientWith(scopes: readonly string[], siteIds: readonly string[] | null = null) {
  const key = await insertKey(database.ownerUrl, newId(), undefined, scopes, siteIds);
  return testClient(bench.web, { authorization: `Bearer ${key}` });
}

async function ask(client: TestClient, report: string, body: object): Promise<ReportExport> {
  const path = `/reports/${report}/exports`;
  const answer = await client.ask("POST", path, { body, headers: bakery.key() });
  if (answer.status !== 202) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as ReportExport;
}

/** The file as whoever asked may fetch it, written as the worker would. */
async function exported(client: TestClient, report: string, body: object) {
  const { id } = await ask(client, report, body);
  await renderExport(systemCtx(bench), id);
  const { body: found } = await client.get<ReportExport>(`/reports/exports/${id}`);
  expect(found.status).toBe("done");
  const link = new URL(found.link ?? "");
  const answer = await bench.web.fetch(new Request(link));
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-disposition")).toStartWith("attachment");
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect(bytes.length).toBe(found.bytes ?? -1);
  return { bytes, text: new TextDecoder().decode(bytes), found };
}

function sheetOf(bytes: Uint8Array) {
  const files = unzipSync(bytes);
  const text = (name: string) => strFromU8(files[name] ?? new Uint8Array());
  return { sheet: text("xl/worksheets/sheet1.xml"), strings: text("xl/sharedStrings.xml") };
}

describe("202", () => {
  test("an export is asked for once under its key, and says where to look", async () => {
    const headers = bakery.key();
    const body = { format: "csv", siteId: here };
    const path = "/reports/waste/exports";
    const first = await bench.client.ask("POST", path, { body, headers });
    expect(first.headers.get("location")).toBe(`/api/v1/reports/exports/${first.body.id}`);
    expect(first.body).toMatchObject({ status: "waiting", rows: 0, link: null, report: "waste" });
    const again = await bench.client.ask("POST", path, { body, headers });
    expect(again.body).toEqual(first.body);
    const seen = await bench.client.get(`/reports/exports/${first.body.id}`);
    expect(seen.headers.get("retry-after")).toBe("1");
    const { data } = await bakery.read(bench.client, "/reports/exports?limit=1");
    expect(data[0].id).toBe(first.body.id);
  });
});

describe("200", () => {
  test("CSV says what the list says, line by line", async () => {
    for (const report of ["sales-items", "sales-days", "waste", "best-sellers"] as const) {
      const { text } = await exported(bench.client, report, { format: "csv" });
      const path = report.replace("sales-", "sales/");
      const list = await bench.client.get<string>(`/reports/${path}`, { accept: "text/csv" });
      expect(text).toBe(list.body);
    }
  });

  test("every report there is comes in every format", async () => {
    for (const report of reportNames) {
      for (const format of ["csv", "xlsx", "html"]) {
        const { bytes, found } = await exported(bench.client, report, { format });
        expect(bytes.length).toBeGreaterThan(80);
        expect(found.fileName).toBe(`banneton-${report}.${format}`);
      }
    }
  }, 60_000);

  test("a workbook holds numbers as numbers, dates as dates, and texts that are no formulas", async () => {
    const { bytes } = await exported(bench.client, "sales-items", { format: "xlsx", siteId: here });
    const { sheet, strings } = sheetOf(bytes);
    expect(sheet).not.toContain("<f>");
    expect(strings).toContain("=1+1 &lt;b&gt;");
    expect(sheet).toMatch(/<c [^>]*><v>5<\/v>/);
    // 2026-06-02 is day 46175 of Excel's calendar.
    expect(sheet).toMatch(/<v>46175(\.5)?<\/v>/);
    expect(sheet).toContain('state="frozen"');
  });

  test("a page to print repeats its head, runs nothing and escapes what people wrote", async () => {
    const body = { format: "html", siteId: here, from: "2026-06-01", to: "2026-06-02" };
    const { text } = await exported(bench.client, "sales-items", body);
    expect(text).toContain("table-header-group");
    expect(text).toContain("=1+1 &lt;b&gt;");
    expect(text).not.toMatch(/<script|<b>|onerror/);
    expect(text).toContain("from 2026-06-01, to 2026-06-02");
    const none = await exported(bench.client, "payments", {
      ...body,
      from: "2020-01-01",
      to: "2020-01-01",
    });
    expect(none.text).toContain("Nothing was recorded for this.");
  });

  test("what is finished is not written again, whoever asks for it", async () => {
    const { found } = await exported(bench.client, "waste", { format: "csv" });
    const again = await renderExport(systemCtx(bench), found.id);
    expect(again).toMatchObject({ sha256: found.sha256, finishedAt: found.finishedAt });
  });
});

describe("403, 404 and what is not shown", () => {
  test("who may not read reports may not ask; an export is its asker's alone", async () => {
    const seller = await clientWith(["sales.read", "sales.ring_up"]);
    const refused = await seller.ask("POST", "/reports/waste/exports", {
      body: { format: "csv" },
      headers: bakery.key(),
    });
    expect(refused.status).toBe(403);
    const { id } = await ask(bench.client, "waste", { format: "csv" });
    const other = await clientWith(["reports.read", "costs.read"]);
    expect((await other.get(`/reports/exports/${id}`)).status).toBe(404);
    expect((await bench.client.get(`/reports/exports/${newId()}`)).status).toBe(404);
  });

  test("costs are in no file of who may not see them", async () => {
    const reader = await clientWith(["reports.read"]);
    const hidden = /\b(cost|margin|margin of|marginOf|value|lost ?value|used ?value|change)\b/i;
    for (const report of reportNames) {
      const csv = await exported(reader, report, { format: "csv" });
      expect(csv.text.split("\r\n")[0]).not.toMatch(hidden);
      const page = await exported(reader, report, { format: "html" });
      expect(page.text.match(/<thead>.*?<\/thead>/s)?.[0]).not.toMatch(hidden);
      const book = sheetOf((await exported(reader, report, { format: "xlsx" })).bytes);
      expect(book.strings).not.toMatch(/\b(Cost|Margin)\b/);
    }
  }, 60_000);

  test("another site's rows are not in it, even when they are asked for", async () => {
    const manager = await clientWith(["reports.read", "costs.read"], [here]);
    const own = await exported(manager, "sales-days", { format: "csv" });
    expect(own.text).toContain(here);
    expect(own.text).not.toContain(there);
    const foreign = await exported(manager, "sales-days", { format: "csv", siteId: there });
    expect(foreign.text).toContain("# end: 0 records");
  });

  test("a right that is taken away takes the file away", async () => {
    const id = newId();
    const scopes = ["reports.read", "costs.read"];
    const key = await insertKey(database.ownerUrl, id, undefined, scopes, null);
    const client = testClient(bench.web, { authorization: `Bearer ${key}` });
    const { found } = await exported(client, "sales-days", { format: "csv" });
    const narrow = statement("test_narrow", "update keys.keys set scopes = $2 where id = $1");
    await bench.app.db.run(narrow, [id, ["reports.read"]]);
    expect((await client.get(`/reports/exports/${found.id}`)).status).toBe(404);
  });
});

describe("422", () => {
  test("unknown formats and days, and filters that the report does not have", async () => {
    const bodies: [string, object][] = [
      ["waste", { format: "pdf" }],
      ["waste", {}],
      ["waste", { format: "csv", from: "2026-02-30" }],
      ["payments", { format: "csv", itemId: newId() }],
      ["waste", { format: "csv", by: "revenue" }],
      ["sales-days", { format: "csv", on: "2026-06-01" }],
    ];
    for (const [report, body] of bodies) {
      const answer = await bench.client.ask("POST", `/reports/${report}/exports`, {
        body,
        headers: bakery.key(),
      });
      expect([answer.status, body]).toEqual([422, body]);
      expect(answer.body.errors.length).toBeGreaterThan(0);
    }
    const path = "/reports/secrets/exports";
    const unknown = { body: { format: "csv" }, headers: bakery.key() };
    expect((await bench.client.ask("POST", path, unknown)).status).toBe(404);
  });
});

test("a file is deleted after a week, and its export says so", async () => {
  const { found } = await exported(bench.client, "waste", { format: "csv" });
  const age = "update reports.exports set expires_at = now() - interval '1 second' where id = $1";
  await bench.app.db.run(statement("test_age", age), [found.id]);
  await sweepExports(systemCtx(bench));
  const { body } = await bench.client.get<ReportExport>(`/reports/exports/${found.id}`);
  expect(body).toMatchObject({ status: "expired", link: null });
  const name = `exports/${found.id}/1.csv`;
  expect(await storageOf(bench.app).find(name)).toBeUndefined();
});

test("files that cannot be deleted now are deleted by the next sweep", async () => {
  const { found } = await exported(bench.client, "waste", { format: "csv" });
  const age = "update reports.exports set expires_at = now() - interval '9 years' where id = $1";
  await bench.app.db.run(statement("test_ages", age), [found.id]);
  const storage = storageOf(bench.app);
  const away = Object.create(storage, {
    delete: { value: () => Promise.reject(new Error("away")) },
  });
  const ctx = systemCtx(bench);
  await expect(sweepExports({ ...ctx, app: { ...ctx.app, storage: away } })).rejects.toThrow(
    "away",
  );
  const { body } = await bench.client.get<ReportExport>(`/reports/exports/${found.id}`);
  expect(body.link).toBeNull();
  await sweepExports(ctx);
  expect(await storage.find(`exports/${found.id}/1.csv`)).toBeUndefined();
});

test("an attempt that was overtaken cannot fail the one that is at it", async () => {
  const { found } = await exported(bench.client, "waste", { format: "csv" });
  const { db } = bench.app;
  const again = "update reports.exports set status = 'running', object = null where id = $1";
  await db.run(statement("test_again", again), [found.id]);
  const first = await db.withTransaction((tx) => beginExport(tx, found.id));
  const second = await db.withTransaction((tx) => beginExport(tx, found.id));
  await db.withTransaction((tx) => failExport(tx, first!, "storage.too_large"));
  const read = async () => (await bench.client.get(`/reports/exports/${found.id}`)).body.status;
  expect(await read()).toBe("running");
  await db.withTransaction((tx) => failExport(tx, second!, "storage.too_large"));
  expect(await read()).toBe("failed");
});

test("an export whose job is lost has failed, and is written when the job is tried again", async () => {
  const { client } = bench;
  const [lost, waiting] = [
    await ask(client, "waste", { format: "csv" }),
    await ask(client, "waste", { format: "csv" }),
  ];
  const read = async ({ id }: ReportExport) => (await client.get(`/reports/exports/${id}`)).body;
  const drop = "delete from pgboss.job_common where data->>'exportId' = $1";
  await bench.app.db.run(statement("test_drop", drop), [lost.id]);
  await sweepExports(systemCtx(bench));
  expect(await read(waiting)).toMatchObject({ status: "waiting", errorCode: null });
  expect(await read(lost)).toMatchObject({
    status: "failed",
    errorCode: "reports.export_gave_up",
  });
  await renderExport(systemCtx(bench), lost.id);
  expect(await read(lost)).toMatchObject({ status: "done", errorCode: null, rows: 2 });
});

test("nobody has more than twenty exports under way, however many are asked for at once", async () => {
  const ask = () =>
    bench.client.ask("POST", "/reports/payments/exports", {
      body: { format: "csv" },
      headers: bakery.key(),
    });
  const answers = await Promise.all(Array.from({ length: 24 }, ask));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(4);
  expect(refused[0]?.body.code).toBe("reports.exports_unfinished");
  const { data } = await bakery.read(bench.client, "/reports/exports?limit=200");
  const unfinished = data.filter(({ status }: ReportExport) => status === "waiting");
  expect(unfinished.length).toBe(20);
});
