import { afterAll, beforeAll, expect, test } from "bun:test";
import { addItem, make, openShop, receive, saleOf } from "../harness/bakery.ts";
import { testClient } from "../harness/client.ts";
import { addPerson, signedInClient, testPassword } from "../harness/people.ts";
import { openPlace, type Place } from "./place.ts";
import { runInBrowser } from "./run.ts";

const pin = "5290";
let place: Place;
let tillId: string;
let personId: string;
let saleId: string;
let result: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  place = await openPlace();
  const { client } = place;
  const { siteId, tillIds } = await openShop(client);
  tillId = tillIds[0] ?? "";
  const cashier = await addPerson(place, "cashier", siteId);
  personId = cashier.id;
  const own = await signedInClient(place, cashier);
  expect(
    (await own.ask("PUT", "/pin", { body: { pin, currentPassword: testPassword } })).status,
  ).toBe(204);
  const itemId = await addItem(client);
  await receive(client, siteId, [{ itemId, quantity: "10", totalCost: "10.00" }]);
  const { code } = await make(client, "/till-pairings", { tillId, name: "Tablet" });
  const lines = [{ itemId, quantity: "1" }];
  const sale = saleOf(siteId, lines, { tillId });
  saleId = sale.id;
  const otherSale = saleOf(siteId, lines, { tillId });
  result = await runInBrowser("till", {
    base: place.base,
    ...{ code, personId, pin, sale, otherSale },
  });
}, 120_000);
afterAll(() => place.close());

test("nothing opens before the browser is paired, not with the right PIN either", () => {
  expect(result["early"]).toEqual([401, 401]);
});

test("pairing by the code sets a cookie that no script reads", () => {
  const cookie = ["banneton-till", true, "Lax", "/", ""];
  expect(result["paired"]).toEqual([201, 0, ...cookie]);
});

test("a paired till sells nothing until somebody taps their PIN; then it does", async () => {
  expect(result["locked"]).toEqual([403]);
  expect(result["shift"]).toEqual([200, personId]);
  expect(result["sold"]).toEqual([201, tillId]);
  const { status } = await testClient(place.web).get(`/sales/${saleId}`);
  expect(status).toBe(200);
});

test("in a browser that is not paired the right PIN opens nothing, and the code is spent", () => {
  expect(result["strange"]).toEqual([401, 401]);
  expect(result["spent"]).toEqual([401, 0]);
});

test("a locked till sells nothing more", async () => {
  expect(result["after"]).toEqual([204, 403]);
  const sales = await place.sql("select id from sales.sales");
  expect(sales).toEqual([{ id: saleId }]);
});

test("the browser had nothing to say but what was refused", () => {
  const said = (result["said"] as string[]).filter((text) => !/status of 40[13]/.test(text));
  expect(said).toEqual([]);
});
