import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { bake, codeOf, kg, openOven, reverseRun } from "../../../test/harness/oven.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let bench: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl);
}, 60_000);
afterAll(async () => {
  await bench.close();
  await database.drop();
});

const act = (lotId: string, verb: "hold" | "release", reason = "Glass") =>
  bench.client.post(`/stock/lots/${lotId}/${verb}`, { reason }, bakery.key());
const sellOne = (siteId: string, itemId: string, fields: object = {}) =>
  bench.client.post("/sales", bakery.saleOf(siteId, [{ itemId, quantity: "1" }], { ...fields }));
const lotOf = async (siteId: string, itemId: string, index = 0): Promise<string> =>
  (await bakery.layersOf(bench.client, siteId, itemId))[index]?.lotId;

async function verify(siteId: string): Promise<void> {
  const found = await bakery.read(bench.client, `/stock/verify?siteId=${siteId}`);
  expect(found).toMatchObject({ isSound: true, broken: null });
}

/** Flour in an oven of its own, 50 loaves of it, and 10 kg of another lot. */
async function openBakery() {
  const oven = await openOven(bench.client);
  const { siteId, recipeId, flour, loaf } = oven;
  const run = await bake(bench.client, { siteId, recipeId, plannedOutput: "40" });
  await bakery.receive(bench.client, siteId, [
    { itemId: flour, quantity: "10", totalCost: "12.00" },
  ]);
  const lots = { flour: await lotOf(siteId, flour), loaf: await lotOf(siteId, loaf) };
  return { ...oven, runId: run.body.id as string, lots };
}

describe("a hold", () => {
  test("stops the lot and what was made of it; other lots are sold and used instead", async () => {
    const { siteId, flour, loaf, recipeId, lots } = await openBakery();
    const held = await act(lots.flour, "hold");
    expect(held.status).toBe(201);
    expect(held.headers.get("location")).toBe(`/api/v1/stock/holds/${held.body.id}`);
    expect(held.body).toMatchObject({ lotId: lots.flour, lotCount: 2, isActive: true });
    const shelf = await bakery.read(bench.client, `/stock?siteId=${siteId}`);
    const available = Object.fromEntries(
      shelf.data.map((row: { itemId: string; available: string }) => [row.itemId, row.available]),
    );
    expect(available).toEqual({ [flour]: "10", [loaf]: "0" });
    expect(codeOf(await sellOne(siteId, loaf))).toEqual(["stock.short", "/lines/0"]);
    const made = await bake(bench.client, { siteId, recipeId, plannedOutput: "5" });
    expect(made.status).toBe(201);
    const starved = await bake(bench.client, { siteId, recipeId, plannedOutput: "1" });
    expect(codeOf(starved)[0]).toBe("stock.short");
    expect((await sellOne(siteId, loaf)).status).toBe(201);
    await verify(siteId);
  });

  test("shows at the lots it stops, and in the list of holds", async () => {
    const { lots } = await openBakery();
    const { body: hold } = await act(lots.flour, "hold");
    for (const lot of [lots.flour, lots.loaf]) {
      const found = await bakery.read(bench.client, `/stock/lots/${lot}`);
      expect(found.isHeld).toBe(true);
      expect(found.layers.map((layer: { isHeld: boolean }) => layer.isHeld)).toEqual([true]);
      expect(found.holds).toEqual([hold]);
    }
    expect(await bakery.read(bench.client, `/stock/holds/${hold.id}`)).toEqual(hold);
    const list = (active: boolean) =>
      bakery.read(bench.client, `/stock/holds?lotId=${lots.flour}&active=${active}`);
    expect((await list(true)).data).toEqual([hold]);
    expect((await list(false)).data).toEqual([]);
    const { body: released } = await act(lots.flour, "release", "Cleared");
    expect(released).toMatchObject({ isActive: false, releaseReason: "Cleared" });
    expect((await list(true)).data).toEqual([]);
    expect((await list(false)).data).toEqual([released]);
    const past = await bakery.read(bench.client, `/stock/lots/${lots.loaf}`);
    expect([past.isHeld, past.holds]).toEqual([false, [released]]);
  });

  test("ends with its release, and the same lots sell again", async () => {
    const { siteId, loaf, lots } = await openBakery();
    await act(lots.flour, "hold");
    expect((await sellOne(siteId, loaf)).status).toBe(409);
    const released = await act(lots.flour, "release");
    expect(released.status).toBe(200);
    expect((await sellOne(siteId, loaf)).status).toBe(201);
    await act(lots.flour, "hold");
    expect((await sellOne(siteId, loaf)).status).toBe(409);
    await verify(siteId);
  });

  test("that overlaps another keeps what both stop until both are released", async () => {
    const { siteId, loaf, flour, lots } = await openBakery();
    await act(lots.flour, "hold");
    await act(lots.loaf, "hold");
    await act(lots.flour, "release");
    const isHeld = async (itemId: string) =>
      (await bakery.layersOf(bench.client, siteId, itemId))[0]?.isHeld;
    expect([await isHeld(flour), await isHeld(loaf)]).toEqual([false, true]);
    expect((await sellOne(siteId, loaf)).status).toBe(409);
    await act(lots.loaf, "release");
    expect((await sellOne(siteId, loaf)).status).toBe(201);
    await verify(siteId);
  });

  test("does not stop what a reversed run had made, and a lot it emptied stays held", async () => {
    const { siteId, runId, loaf, lots } = await openBakery();
    expect((await reverseRun(bench.client, runId)).status).toBe(200);
    expect((await act(lots.flour, "hold")).body.lotCount).toBe(1);
    const layers = await bakery.layersOf(bench.client, siteId, loaf);
    expect(layers.map((layer) => layer.isHeld)).toEqual([false]);
    await verify(siteId);
  });

  test("keeps hold of what comes back: a voided sale refills a held layer", async () => {
    const { siteId, loaf, lots } = await openBakery();
    const { body: sale } = await sellOne(siteId, loaf);
    await act(lots.flour, "hold");
    await bakery.make(bench.client, `/sales/${sale.id}/void`, { reason: "back" });
    expect((await bakery.balanceOf(bench.client, siteId, loaf)).quantity).toBe("40");
    expect((await sellOne(siteId, loaf)).status).toBe(409);
    await verify(siteId);
  });

  test("lets held stock be wasted and counted, and a gain of a held lot is born held", async () => {
    const { siteId, flour, loaf, lots } = await openBakery();
    await act(lots.flour, "hold");
    const waste = [{ itemId: loaf, quantity: "10", lotId: lots.loaf }];
    await bakery.make(bench.client, "/stock/waste", { siteId, reason: "Glass", lines: waste });
    const counted = [{ itemId: loaf, counted: "33", lotId: lots.loaf }];
    await bakery.make(bench.client, "/stock/counts", { siteId, lines: counted });
    const layers = await bakery.layersOf(bench.client, siteId, loaf);
    expect(layers.map(({ quantity, isHeld }) => [quantity, isHeld])).toEqual([
      ["30", true],
      ["3", true],
    ]);
    expect((await sellOne(siteId, loaf)).status).toBe(409);
    await act(lots.flour, "release");
    const lines = [{ itemId: loaf, quantity: "33" }];
    expect((await bakery.sell(bench.client, siteId, lines)).lines[0].shortQuantity).toBe("0");
    expect((await bakery.balanceOf(bench.client, siteId, flour)).quantity).toBe("30");
    await verify(siteId);
  });

  test("leaves a shortfall open: held stock settles nothing", async () => {
    const { siteId, tillId, loaf, lots } = await openBakery();
    await act(lots.loaf, "hold");
    const sold = await sellOne(siteId, loaf, { tillId, onShort: "record" });
    expect(sold.body.lines[0].shortQuantity).toBe("1");
    await verify(siteId);
  });
});

describe("refused", () => {
  test("404 for a lot that is not there, 409 for a second hold and a second release", async () => {
    const nobody = newId();
    expect(codeOf(await act(nobody, "hold"))).toEqual(["stock.lot_not_found"]);
    expect(codeOf(await act(nobody, "release"))).toEqual(["stock.lot_not_found"]);
    const { lots } = await openBakery();
    expect(codeOf(await act(lots.flour, "release"))).toEqual(["stock.not_held"]);
    await act(lots.flour, "hold");
    expect(codeOf(await act(lots.flour, "hold"))).toEqual(["stock.held"]);
    expect(codeOf(await act(lots.loaf, "release"))).toEqual(["stock.not_held"]);
    expect((await bench.client.get(`/stock/holds/${nobody}`)).body.code).toBe(
      "stock.hold_not_found",
    );
  });

  test("400 without a key, 422 without a reason, and a key answers the same hold again", async () => {
    const { lots } = await openBakery();
    const path = `/stock/lots/${lots.flour}/hold`;
    expect((await bench.client.post(path, { reason: "x" })).status).toBe(400);
    const blank = await bench.client.post(path, { reason: " " }, bakery.key());
    expect(codeOf(blank)).toEqual(["http.validation", "/reason"]);
    const key = bakery.key();
    const first = await bench.client.post(path, { reason: "x" }, key);
    const again = await bench.client.post(path, { reason: "x" }, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });
});

test("two lots of one thing: a run of both is stopped by either", async () => {
  const { siteId, recipeId, flour, loaf } = await openOven(bench.client);
  await bakery.receive(bench.client, siteId, [
    { itemId: flour, quantity: "50", totalCost: "60.00" },
  ]);
  await bake(bench.client, {
    siteId,
    recipeId,
    plannedOutput: "50",
    consumed: [kg(flour, "120")].map(({ itemId, quantity }) => ({ itemId, quantity })),
  });
  const second = await lotOf(siteId, flour, 1);
  expect((await act(second, "hold")).body.lotCount).toBe(2);
  expect((await sellOne(siteId, loaf)).status).toBe(409);
});
