import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
let from: string;
let to: string;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  from = (await bakery.openShop(web.client)).siteId;
  to = (await bakery.openShop(web.client)).siteId;
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

const item = (fields = {}) => bakery.addItem(web.client, fields);
const come = (siteId: string, lines: readonly bakery.ReceivedLine[]) =>
  bakery.receive(web.client, siteId, lines);
const carry = (lines: readonly object[], fields = {}) =>
  bakery.make(web.client, "/transfers", { fromSiteId: from, toSiteId: to, lines, ...fields });
const refused = (body: object) =>
  web.client.ask("POST", "/transfers", { body, headers: bakery.key() });
const balance = (siteId: string, itemId: string) => bakery.balanceOf(web.client, siteId, itemId);

describe("refused", () => {
  const lines = async () => [{ itemId: await item(), quantity: "1" }];
  const problem = async (body: object) => {
    const { status, body: answer } = await refused(body);
    return [status, answer.code, answer.errors?.[0]?.pointer];
  };

  test("422: to itself, to or from a site that is not in use, a lot of another item", async () => {
    const some = await lines();
    const archived = (await bakery.openShop(web.client)).siteId;
    const gone = await web.client.delete(`/sites/${archived}`, 1);
    expect(gone.status).toBe(204);
    const [sameSite, noSite] = ["stock.same_site", "sites.site_unknown"];
    expect(await problem({ fromSiteId: from, toSiteId: from, lines: some })).toEqual([
      422,
      sameSite,
      "/toSiteId",
    ]);
    expect(await problem({ fromSiteId: from, toSiteId: archived, lines: some })).toEqual([
      422,
      noSite,
      "/toSiteId",
    ]);
    expect(await problem({ fromSiteId: newId(), toSiteId: to, lines: some })).toEqual([
      422,
      noSite,
      "/fromSiteId",
    ]);
    const foreign = await come(from, [{ itemId: await item(), quantity: "1", totalCost: "1" }]);
    const named = some.map((line) => ({ ...line, lotId: foreign.lines[0].lotId }));
    expect(await problem({ fromSiteId: from, toSiteId: to, lines: named })).toEqual([
      422,
      "stock.lot",
      "/lines/0/lotId",
    ]);
  });

  test("422: an item that is not kept in stock, a time out of the window", async () => {
    const none = await item({ stocking: "none" });
    const sites = { fromSiteId: from, toSiteId: to };
    expect(await problem({ ...sites, lines: [{ itemId: none, quantity: "1" }] })).toEqual([
      422,
      "stock.not_stocked",
      "/lines/0/itemId",
    ]);
    const effectiveAt = new Date(Date.now() + 600_000).toISOString();
    expect(await problem({ ...sites, effectiveAt, lines: await lines() })).toEqual([
      422,
      "stock.moment",
      "/effectiveAt",
    ]);
  });

  test("409: more than is there, with what is missing, and nothing is moved", async () => {
    const itemId = await item();
    await come(from, [{ itemId, quantity: "2", totalCost: "2" }]);
    const some = [
      { itemId, quantity: "1" },
      { itemId, quantity: "2" },
    ];
    const answer = await refused({ fromSiteId: from, toSiteId: to, lines: some });
    expect([answer.status, answer.body.code]).toEqual([409, "stock.short"]);
    expect(answer.body.errors).toMatchObject([
      { pointer: "/lines/0/quantity", message: "3 needed, 2 available, 1 short." },
    ]);
    expect(await balance(from, itemId)).toEqual({ quantity: "2", value: "2" });
  });

  test("409: an id that is in use", async () => {
    const itemId = await item();
    await come(from, [{ itemId, quantity: "2", totalCost: "2" }]);
    const { id } = await carry([{ itemId, quantity: "1" }]);
    const again = { id, fromSiteId: from, toSiteId: to, lines: [{ itemId, quantity: "1" }] };
    expect(await problem(again)).toEqual([409, "stock.id_taken", undefined]);
  });
});

test("the list finds transfers by either side, newest first, page by page", async () => {
  const itemId = await item();
  const third = (await bakery.openShop(web.client)).siteId;
  await come(from, [{ itemId, quantity: "9", totalCost: "9" }]);
  const out = await carry([{ itemId, quantity: "5" }], { toSiteId: third });
  const on = await carry([{ itemId, quantity: "2" }], { fromSiteId: third, toSiteId: to });
  const ids = async (query: string) => {
    const { data } = await bakery.read(web.client, `/transfers?${query}`);
    return data.map((each: { id: string }) => each.id);
  };
  expect(await ids(`siteId=${third}`)).toEqual([on.id, out.id]);
  expect(await ids(`fromSiteId=${third}`)).toEqual([on.id]);
  expect(await ids(`toSiteId=${third}`)).toEqual([out.id]);
  const page = await bakery.read(web.client, `/transfers?siteId=${third}&limit=1`);
  expect(await ids(`siteId=${third}&limit=1&cursor=${page.next}`)).toEqual([out.id]);
});
