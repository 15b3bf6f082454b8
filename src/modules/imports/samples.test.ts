import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as bakery from "../../../test/harness/bakery.ts";
import type { Flexible } from "../../../test/harness/bakery-data.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { parseBakeryData } from "./index.ts";

// Files that an older app wrote; they are not part of the project.
const folder = process.env["BANNETON_DATA"] ?? join(import.meta.dir, "../../../../shared/data");
const webFile = join(folder, "bakery_data_web_schema.json");
const cliFile = join(folder, "bakery_data_cli_schema.json");
const isThere = existsSync(webFile) && existsSync(cliFile);
if (!isThere) {
  console.warn(`Skipped: no bakery_data samples in ${folder}; set BANNETON_DATA to their folder.`);
}

let database: TestDatabase;
let web: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl, { now: () => new Date("2026-11-21T12:00:00Z") });
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

async function bring(siteId: string, path: string) {
  const content = parseBakeryData(readFileSync(path, "utf8"));
  return bakery.make(web.client, "/imports", { siteId, format: "bakery-data", content });
}

async function onHand(siteId: string): Promise<Flexible> {
  const { data } = await bakery.read(web.client, `/stock?siteId=${siteId}`);
  return Object.fromEntries(data.map((row: Flexible) => [row.name, [row.quantity, row.value]]));
}

test.skipIf(!isThere)(
  "a file of the web schema comes in whole, twice with one effect",
  async () => {
    const { siteId } = await bakery.openShop(web.client);
    const first = await bring(siteId, webFile);
    expect(first.report.problems).toEqual([]);
    expect(first.report).toMatchObject({
      items: { created: 4 },
      lots: { created: 5 },
      recipes: { created: 1 },
      sales: { created: 1 },
    });
    const stock = {
      Flour: ["79", "164"],
      Butter: ["19.6", "98"],
      Sugar: ["24.8", "37.2"],
      Croissant: ["14", "0"],
    };
    expect(await onHand(siteId)).toEqual(stock);
    await bring(siteId, webFile);
    expect(await onHand(siteId)).toEqual(stock);
  },
);

test.skipIf(!isThere)("a file of the command-line schema comes in whole", async () => {
  const { siteId } = await bakery.openShop(web.client);
  const { report } = await bring(siteId, cliFile);
  expect(report.problems).toEqual([]);
  expect(report.lots.created).toBe(6);
  expect(report.sales.created).toBe(0);
  expect(await onHand(siteId)).toMatchObject({
    Flour: ["69", "156.8"],
    Eggs: ["120", "30"],
    Croissant: ["24", "0"],
  });
  expect((await bakery.read(web.client, "/stock/verify")).isSound).toBe(true);
});

test("NaN, as Python writes it, is a problem of its line and not of the file", () => {
  const text = '{"sales":[{"product":"NaN \\"Infinity\\"","quantity":NaN,"price":-Infinity}]}';
  expect(parseBakeryData(text)).toEqual({
    sales: [{ product: 'NaN "Infinity"', quantity: "NaN", price: "-Infinity" }],
  });
  expect(() => parseBakeryData("{")).toThrow(SyntaxError);
});
