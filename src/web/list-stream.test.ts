import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parse } from "csv-parse/sync";
import { newId } from "#platform/id.ts";
import * as bakery from "../../test/harness/bakery.ts";
import { testCredentials } from "../../test/harness/key.ts";
import { type Kitchen, makeDough, openKitchen, unique } from "../../test/harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../test/harness/web.ts";

const ndjson = { accept: "application/x-ndjson" };
const csv = { accept: "text/csv" };
let database: TestDatabase;
let bench: TestWeb;
let kitchen: Kitchen;

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl);
  kitchen = await openKitchen(bench.client);
  await makeDough(kitchen);
});
afterAll(async () => {
  await bench.close();
  await database.drop();
});

function linesOf(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function pagesOf(path: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let cursor = ""; ; ) {
    const { body } = await bench.client.get(`${path}?limit=7${cursor}`);
    all.push(...body.data);
    if (body.next === null) return all;
    cursor = `&cursor=${body.next}`;
  }
}

/** Every list that needs no id in its path. */
function listPaths(): string[] {
  return Object.entries(bench.web.document.paths).flatMap(([path, { get }]) => {
    const isList = get?.parameters?.some((each) => "name" in each && each.name === "cursor");
    return isList === true && !path.includes("{") ? [path.replace("/api/v1", "")] : [];
  });
}

describe("a list as NDJSON", () => {
  test("is every list: the same records as its pages, and the end is marked", async () => {
    const paths = listPaths();
    expect(paths.length).toBeGreaterThan(15);
    for (const path of paths) {
      const { status, body, headers } = await bench.client.get<string>(path, ndjson);
      expect([path, status]).toEqual([path, 200]);
      expect(headers.get("content-type")).toBe("application/x-ndjson");
      const records = await pagesOf(path);
      expect(linesOf(body)).toEqual([...records, { end: true, count: records.length }] as never);
    }
  });

  test("goes over many pages and keeps the list's filters", async () => {
    const name = unique("Many");
    const categoryId = await bakery.addCategory(bench.client, "fifo");
    for (let n = 0; n < 405; n++) await bakery.addItem(bench.client, { name: `${name} ${n}` });
    await bakery.addItem(bench.client, { categoryId });
    const all = linesOf((await bench.client.get<string>("/items", ndjson)).body);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.at(-1)).toEqual({ end: true, count: all.length - 1 });
    expect(all.length).toBeGreaterThan(406);
    const { siteId } = kitchen;
    const here = linesOf((await bench.client.get<string>(`/stock?siteId=${siteId}`, ndjson)).body);
    expect(here.slice(0, -1).map((each) => each["siteId"])).toEqual(
      here.slice(1).map(() => siteId),
    );
  }, 60_000);

  test("with a wrong filter is a problem, not a stream", async () => {
    const { status, body } = await bench.client.get("/stock?siteId=nowhere", ndjson);
    expect([status, body.code]).toEqual([422, "http.validation"]);
  });

  test("that breaks off says so in its last line", async () => {
    const { client, close } = withPages(1);
    const { status, body } = await client.get<string>("/items", ndjson);
    expect(status).toBe(200);
    const lines = linesOf(body);
    expect(lines.at(-1)).toEqual({ end: false, code: "internal" });
    expect(lines.length).toBe(201);
    await close();
  });

  test("reads no page that nobody asks for", async () => {
    const { web, pages, close } = withPages(1);
    const request = new Request("http://localhost/api/v1/items", {
      headers: { ...testCredentials, ...ndjson },
    });
    const response = await web.fetch(request);
    const reader = response.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value).trimEnd().split("\n").length).toBe(200);
    await reader?.cancel();
    expect(pages()).toBe(1);
    await close();
  });
});

test("a list comes in the form that is liked best, and in none that is refused", async () => {
  const json = "application/json";
  const forms: Record<string, string> = {
    "text/csv;q=0": json,
    "text/csv;q=0, application/x-ndjson": "application/x-ndjson",
    "application/x-ndjson;q=0, */*": json,
    "text/csv;q=0.5, application/json;q=0.9": json,
    "text/csv;q=0.5, */*": json,
    "application/x-ndjson;q=0.5, text/csv; q=0.6": "text/csv",
    "TEXT/CSV; charset=utf-8, */*": "text/csv",
    "application/json;q=0.1, text/csv;q=0.2": "text/csv",
    "image/png": json,
    "text/csv;q=": json,
    ";;,": json,
  };
  for (const [accept, type] of Object.entries(forms)) {
    const { status, headers } = await bench.client.get("/items", { accept });
    const got = headers.get("content-type")?.split(";")[0];
    expect([accept, status, got]).toEqual([accept, 200, type]);
  }
});

/** A web of its own whose items can be read that many times. */
function withPages(pagesMax: number): TestWeb & { pages: () => number } {
  const web = openTestWeb(database.appUrl);
  const { orm } = web.app.db;
  const select = orm.select.bind(orm) as (fields: object) => unknown;
  let pages = 0;
  Object.defineProperty(orm, "select", {
    value: (fields: object) => {
      pages += 1;
      if (pages > pagesMax) throw new Error("the database is gone");
      return select(fields);
    },
  });
  return { ...web, pages: () => pages };
}

describe("a list as CSV", () => {
  test("has a row a line of each sale, and the end is marked", async () => {
    const { siteId, tillId, flour, butter, client } = kitchen;
    const lines = [
      { itemId: flour, quantity: "2" },
      { itemId: butter, quantity: "0.5" },
    ];
    const sale = await bakery.sell(client, siteId, lines, { tillId });
    const { body, headers } = await bench.client.get<string>(`/sales?siteId=${siteId}`, csv);
    expect(headers.get("content-type")).toStartWith("text/csv");
    expect(body.trimEnd().split("\r\n").at(-1)).toBe("# end: 1 records");
    const rows = parse(body, { columns: true, comment: "#" }) as Record<string, string>[];
    expect(rows.map((row) => [row["id"], row["line.itemId"], row["line.quantity"]])).toEqual(
      sale.lines.map((line: { itemId: string; quantity: string }) => {
        return [sale.id, line.itemId, line.quantity];
      }),
    );
    expect(rows[0]?.["total"]).toBe(sale.total);
  });

  test("runs no formula of a name, and leaves numbers alone", async () => {
    const bad = [`=1+1 ${newId()}`, `@SUM(A1) ${newId()}`, `+cmd|' /C calc'!A0 ${newId()}`];
    for (const name of bad) {
      const itemId = await bakery.addItem(bench.client, { name });
      await bakery.receive(bench.client, kitchen.siteId, [
        { itemId, quantity: "1", totalCost: "1.00" },
      ]);
    }
    const { body } = await bench.client.get<string>(`/stock?siteId=${kitchen.siteId}`, csv);
    const rows = parse(body, { columns: true, comment: "#" }) as Record<string, string>[];
    const names = rows.map(({ name }) => name);
    for (const name of bad) expect(names).toContain(`'${name}`);
    expect(rows.every(({ quantity = "" }) => /^\d/.test(quantity))).toBe(true);
    const moved = await bench.client.get<string>(`/stock/movements?siteId=${kitchen.siteId}`, csv);
    const quantities = parse(moved.body, { columns: true, comment: "#" }) as { quantity: string }[];
    expect(quantities.some(({ quantity }) => quantity.startsWith("-"))).toBe(true);
  });
});
