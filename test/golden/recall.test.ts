import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parse } from "csv-parse/sync";
import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import { testCredentials } from "../harness/key.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

// One delivery of flour becomes dough, the dough bread, the bread is sold at two sites.
const breadName = '=HYPERLINK("x")<script>alert(1)</script> & Söhne';
const millName = `@Mill ${newId()} <b>`;
const flourLot = "+L-7 'A' \"B\"";

let database: TestDatabase;
let web: TestWeb;
let kitchen: bakery.Shop;
let shop: bakery.Shop;
const ids = { flour: "", salt: "", dough: "", bread: "", doughRecipe: "", breadRecipe: "" };
const lots = { flour: "", salt: "", dough: "", bread: "" };
let supplierId: string;

const make = (path: string, body: Record<string, unknown>) => bakery.make(web.client, path, body);
const read = (path: string) => bakery.read(web.client, path);
const sell = (where: bakery.Shop, till: number, quantity: string) =>
  bakery.sell(web.client, where.siteId, [{ itemId: ids.bread, quantity }], {
    tillId: where.tillIds[till],
  });
const firstLot = async (itemId: string): Promise<string> =>
  (await bakery.layersOf(web.client, kitchen.siteId, itemId))[0]?.lotId;
const bake = (recipeId: string, plannedOutput: string) =>
  make("/production-runs", { siteId: kitchen.siteId, recipeId, plannedOutput });

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  kitchen = await bakery.openShop(web.client, { name: "Kitchen" }, 2);
  shop = await bakery.openShop(web.client, { name: "Shop <i>" }, 1);
  await addRecipes();
  await trade();
}, 60_000);
afterAll(async () => {
  await web.close();
  await database.drop();
});

async function addRecipes(): Promise<void> {
  const mill = { name: millName, email: "quality@mill.example", phone: "+353 1 555 0100" };
  supplierId = (await make("/suppliers", mill)).id;
  ids.flour = await bakery.addItem(web.client, { name: "Flour" });
  ids.salt = await bakery.addItem(web.client, { name: "Salt" });
  ids.dough = await bakery.addItem(web.client, { name: "Dough", kind: "product" });
  const bread = { name: breadName, kind: "product", unit: "piece" };
  ids.bread = await bakery.addItem(web.client, bread);
  const kg = (itemId: string, quantity: string) => ({ itemId, quantity, unit: "kg" });
  const dough = [kg(ids.flour, "1"), kg(ids.salt, "0.01")];
  const recipe = (itemId: string, unit: string, quantity: string, ingredients: object[]) =>
    make("/recipes", { itemId, yield: { quantity, unit }, ingredients });
  ids.doughRecipe = (await recipe(ids.dough, "kg", "1", dough)).id;
  ids.breadRecipe = (await recipe(ids.bread, "piece", "2", [kg(ids.dough, "1")])).id;
}

async function trade(): Promise<void> {
  const { siteId } = kitchen;
  const flour = { itemId: ids.flour, quantity: "100", totalCost: "80.00", supplierLot: flourLot };
  await bakery.receive(web.client, siteId, [flour], { supplierId });
  await bakery.receive(web.client, siteId, [
    { itemId: ids.salt, quantity: "10", totalCost: "5.00" },
  ]);
  await bake(ids.doughRecipe, "60");
  const { id: undone } = await bake(ids.doughRecipe, "5");
  await make(`/production-runs/${undone}/reverse`, {});
  await bake(ids.breadRecipe, "100");
  for (const name of ["flour", "salt", "dough", "bread"] as const) {
    lots[name] = await firstLot(ids[name]);
  }
  const lines = [{ itemId: ids.bread, quantity: "40" }];
  await make("/transfers", { fromSiteId: siteId, toSiteId: shop.siteId, lines });
  await sell(kitchen, 0, "10");
  await sell(kitchen, 0, "5");
  await sell(kitchen, 1, "3");
  await sell(shop, 0, "8");
  const { id: wrong } = await sell(kitchen, 0, "2");
  await make(`/sales/${wrong}/void`, { reason: "wrong" });
  const waste = (itemId: string, quantity: string) => ({ itemId, quantity });
  const thrown = [waste(ids.bread, "4"), waste(ids.flour, "1")];
  await make("/stock/waste", { siteId, reason: "-Dropped", lines: thrown });
}

const nothing = {
  received: "0",
  made: "0",
  found: "0",
  used: "0",
  sold: "0",
  wasted: "0",
  lost: "0",
  returned: "0",
  onHand: "0",
  isBalanced: true,
};
const balances = () => ({
  [lots.flour]: { ...nothing, received: "100", used: "60", wasted: "1", onHand: "39" },
  [lots.salt]: { ...nothing, received: "10", used: "0.6", onHand: "9.4" },
  [lots.dough]: { ...nothing, made: "60", used: "50", onHand: "10" },
  [lots.bread]: { ...nothing, made: "100", sold: "26", wasted: "4", onHand: "70" },
});

interface Told {
  readonly id: string;
  readonly level: number;
  readonly parts: unknown;
  readonly balance: (typeof nothing & object) | undefined;
}
const shapeOf = (told: readonly Told[]) =>
  told.map(({ id, level, parts }) => ({ id, level, parts }));

describe("a trace", () => {
  test("forward finds dough and bread with what went into them, and the sums agree", async () => {
    const trace = await read(`/stock/lots/${lots.flour}/trace`);
    expect(trace).toMatchObject({ direction: "forward", lotCount: 3, levels: 2, next: null });
    expect(shapeOf(trace.data)).toEqual([
      { id: lots.flour, level: 0, parts: [] },
      { id: lots.dough, level: 1, parts: [{ lotId: lots.flour, quantity: "60" }] },
      { id: lots.bread, level: 2, parts: [{ lotId: lots.dough, quantity: "50" }] },
    ]);
    for (const lot of trace.data) expect(lot.balance).toEqual(balances()[lot.id]);
    const places = trace.data[2].places.map(({ siteName, quantity }: Record<string, string>) => [
      siteName,
      quantity,
    ]);
    expect(places).toEqual([
      ["Kitchen", "38"],
      ["Shop <i>", "32"],
    ]);
  });

  test("backward from the bread finds both ingredients and the supplier", async () => {
    const trace = await read(`/stock/lots/${lots.bread}/trace?direction=backward`);
    expect(trace).toMatchObject({ direction: "backward", lotCount: 4, levels: 2 });
    const shape = shapeOf(trace.data);
    expect(shape.slice(0, 2)).toEqual([
      { id: lots.bread, level: 0, parts: [{ lotId: lots.dough, quantity: "50" }] },
      {
        id: lots.dough,
        level: 1,
        parts: [
          { lotId: lots.flour, quantity: "60" },
          { lotId: lots.salt, quantity: "0.6" },
        ],
      },
    ]);
    expect(new Set(shape.slice(2).map(({ id }) => id))).toEqual(new Set([lots.flour, lots.salt]));
    for (const lot of trace.data) expect(lot.balance).toEqual(balances()[lot.id]);
    const flour = trace.data.find(({ id }: Told) => id === lots.flour);
    expect([flour.supplierName, flour.supplierLot]).toEqual([millName, flourLot]);
  });

  test("is the same in pages of one, and other cursors are refused", async () => {
    const path = `/stock/lots/${lots.flour}/trace?limit=1`;
    const found: string[] = [];
    let cursor = "";
    do {
      const page = await read(`${path}${cursor && `&cursor=${cursor}`}`);
      found.push(...page.data.map(({ id }: Told) => id));
      cursor = page.next ?? "";
    } while (cursor !== "");
    expect(found).toEqual([lots.flour, lots.dough, lots.bread]);
    expect((await web.client.get(`${path}&cursor=x`)).status).toBe(422);
    expect((await web.client.get(`/stock/lots/${newId()}/trace`)).status).toBe(404);
  });

  test("lists the sales that took some, the voided one left out", async () => {
    const found: [string, string][] = [];
    let cursor = "";
    do {
      const path = `/stock/lots/${lots.flour}/trace/sales?limit=3`;
      const page = await read(`${path}${cursor && `&cursor=${cursor}`}`);
      for (const sale of page.data) found.push([sale.quantity, sale.siteId]);
      cursor = page.next ?? "";
    } while (cursor !== "");
    expect(found).toEqual([
      ["10", kitchen.siteId],
      ["5", kitchen.siteId],
      ["3", kitchen.siteId],
      ["8", shop.siteId],
    ]);
  });
});

describe("a recall drill", () => {
  test("tells the set, the places, the sales, the waste, the transfers and whom to call", async () => {
    const recall = await read(`/stock/lots/${lots.flour}/recall`);
    expect(recall).toMatchObject({ isHeld: false, isBalanced: true, saleCount: 4, origins: [] });
    expect(Number(recall.seconds)).toBeGreaterThanOrEqual(0);
    expect(recall.lots.map(({ id }: Told) => id)).toEqual([lots.flour, lots.dough, lots.bread]);
    const sold = recall.sold.map((day: Record<string, unknown>) => [
      day["siteName"],
      day["tillName"],
      day["saleCount"],
      day["quantity"],
      day["firstReceipt"],
      day["lastReceipt"],
    ]);
    expect(sold).toEqual([
      ["Kitchen", "Till 1", 2, "15", 1, 2],
      ["Kitchen", "Till 2", 1, "3", 1, 1],
      ["Shop <i>", "Till 1", 1, "8", 1, 1],
    ]);
    const wasted = recall.wasted.map((day: Record<string, unknown>) => [
      day["lotId"],
      day["quantity"],
      day["reason"],
    ]);
    expect(wasted.toSorted()).toEqual(
      [
        [lots.bread, "4", "-Dropped"],
        [lots.flour, "1", "-Dropped"],
      ].toSorted(),
    );
    expect(recall.transfers).toMatchObject([
      { fromSiteName: "Kitchen", toSiteName: "Shop <i>", lotId: lots.bread, quantity: "40" },
    ]);
    const { name, email, phone } = {
      name: millName,
      email: "quality@mill.example",
      phone: "+353 1 555 0100",
    };
    expect(recall.contacts).toEqual([{ supplierId, name, email, phone, lotIds: [lots.flour] }]);
  });

  test("of bread names what it was made of and who delivered that", async () => {
    const recall = await read(`/stock/lots/${lots.bread}/recall`);
    expect(recall.lots.map(({ id }: Told) => id)).toEqual([lots.bread]);
    expect(recall.origins.map(({ level }: Told) => level)).toEqual([1, 2, 2]);
    expect(recall.contacts.map(({ name }: { name: string }) => name)).toEqual([millName]);
  });

  test("as CSV: every row there, naughty names whole, none a formula", async () => {
    const answer = await web.client.get(`/stock/lots/${lots.flour}/recall.csv`);
    expect(answer.headers.get("content-type")).toStartWith("text/csv");
    const rows: Record<string, string>[] = parse(answer.body, { columns: true });
    const count = (what: string) => rows.filter((row) => row["what"] === what).length;
    expect(["lot", "on hand", "sold", "wasted", "carried", "supplier"].map(count)).toEqual([
      3, 4, 3, 2, 1, 1,
    ]);
    expect(rows.at(-1)).toMatchObject({ what: "end", note: `${rows.length - 1} rows` });
    const flour = rows.find((row) => row["what"] === "lot");
    expect(flour).toMatchObject({ supplier_lot: `'${flourLot}`, name: `'${millName}` });
    expect(rows.some((row) => row["item"] === `'${breadName}`)).toBe(true);
    const cells = rows.flatMap((row) => Object.values(row));
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
  });

  test("as a page: complete in itself, names escaped, no script", async () => {
    const show = (lotId: string) =>
      web.web.fetch(new Request(`http://localhost/recalls/${lotId}`, { headers: testCredentials }));
    const response = await show(lots.flour);
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page).not.toContain("<script");
    expect(page).toContain("=HYPERLINK(&quot;x&quot;)&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).toContain("+L-7 &#39;A&#39; &quot;B&quot;");
    expect(page).not.toMatch(/(?:src|href)=/);
    const missing = await show(newId());
    expect(missing.status).toBe(404);
    const odd = await show("x");
    expect(odd.status).toBe(404);
  });
});

// Last: it changes what the others look at.
test("a hold on the flour stops dough and bread at both sites, its release frees them", async () => {
  const path = `/stock/lots/${lots.flour}`;
  expect((await make(`${path}/hold`, { reason: "Glass" })).lotCount).toBe(3);
  const refusals = await Promise.all(
    [kitchen, shop].map(({ siteId }) =>
      web.client.post("/sales", bakery.saleOf(siteId, [{ itemId: ids.bread, quantity: "1" }])),
    ),
  );
  expect(refusals.map(({ body }) => body.code)).toEqual(["stock.short", "stock.short"]);
  const run = { siteId: kitchen.siteId, recipeId: ids.breadRecipe, plannedOutput: "1" };
  const starved = await web.client.post("/production-runs", run, bakery.key());
  expect(starved.body.code).toBe("stock.short");
  expect(await read(`${path}/recall`)).toMatchObject({ isHeld: true, isBalanced: true });
  await make(`${path}/release`, {});
  await sell(shop, 0, "1");
  await bake(ids.breadRecipe, "1");
  const found = await read("/stock/verify");
  expect(found).toMatchObject({ isSound: true, broken: null });
});
