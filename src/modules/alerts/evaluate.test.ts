import { afterAll, beforeAll, expect, test } from "bun:test";
import { GUEST_ACTOR } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import { jobCtx, sqlOf } from "../../../test/harness/alerts.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { evaluate, evaluateCompany, evaluateSite } from "./index.ts";

let database: TestDatabase;
let web: TestWeb;
let clock = Date.parse("2026-06-01T10:00:00Z");

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl, { now: () => new Date(clock) });
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

type Fields = Readonly<Record<string, unknown>>;

const at = (time: string) => {
  clock = Date.parse(time);
};
const item = (fields: Fields = {}) => bakery.addItem(web.client, fields);
const stock = (siteId: string, itemId: string, quantity: string, fields: object = {}) =>
  bakery.receive(web.client, siteId, [{ itemId, quantity, totalCost: "5.00", ...fields }]);
const run = (siteId: string) => evaluateSite(jobCtx(web), siteId);
const shop = async (fields: Fields = {}) => (await bakery.openShop(web.client, fields)).siteId;

async function alertsOf(siteId: string, query = "") {
  const { data } = await bakery.read(web.client, `/alerts?siteId=${siteId}${query}`);
  return data;
}
const kindsOf = async (siteId: string, state = "open") =>
  (await alertsOf(siteId, `&state=${state}`)).map(({ kind }: { kind: string }) => kind).sort();

test("a stranger may not evaluate", async () => {
  const guest = { ...jobCtx(web), actor: GUEST_ACTOR };
  await expect(evaluate(guest, [])).rejects.toThrow("Sign in");
});

test("low is what is neither held nor expired, at the reorder level and below", async () => {
  at("2026-06-01T10:00:00Z");
  const siteId = await shop();
  const flour = await item({ reorderLevel: "5" });
  await stock(siteId, flour, "6");
  await item({ reorderLevel: "5" });
  expect(await run(siteId)).toEqual({ opened: 0, closed: 0 });
  await stock(siteId, flour, "4", { expiresOn: "2026-06-20" });
  await bakery.sell(web.client, siteId, [{ itemId: flour, quantity: "1" }]);
  const [, second] = await bakery.layersOf(web.client, siteId, flour);
  expect(await run(siteId)).toEqual({ opened: 0, closed: 0 });
  await bakery.make(web.client, `/stock/lots/${second.lotId}/hold`, { reason: "Smells" });
  expect(await run(siteId)).toEqual({ opened: 1, closed: 0 });
  const [alert] = await alertsOf(siteId);
  expect(alert).toMatchObject({
    kind: "low_stock",
    state: "open",
    itemId: flour,
    quantity: "5",
    reorderLevel: "5",
  });
  expect(JSON.stringify(alert)).not.toMatch(/cost|value|price/i);
  await bakery.make(web.client, `/stock/lots/${second.lotId}/release`, {});
  expect(await run(siteId)).toEqual({ opened: 0, closed: 1 });
  expect(await kindsOf(siteId)).toEqual([]);
  at("2026-06-21T10:00:00Z");
  await run(siteId);
  expect(await kindsOf(siteId)).toEqual(["lot_expired", "low_stock"]);
});

test("a lot is good through its date on the site's calendar, and near it two days before", async () => {
  at("2026-06-10T10:00:00Z");
  const siteId = await shop({ zone: "Pacific/Auckland" });
  const milk = await item();
  await stock(siteId, milk, "3", { expiresOn: "2026-06-13" });
  await run(siteId);
  expect(await kindsOf(siteId)).toEqual([]);
  at("2026-06-10T12:30:00Z");
  await run(siteId);
  expect(await kindsOf(siteId)).toEqual(["lot_expiring"]);
  at("2026-06-13T11:59:00Z");
  await run(siteId);
  expect(await kindsOf(siteId)).toEqual(["lot_expiring"]);
  at("2026-06-13T12:00:00Z");
  expect(await run(siteId)).toEqual({ opened: 1, closed: 1 });
  expect(await kindsOf(siteId)).toEqual(["lot_expired"]);
  const waste = { siteId, reason: "Old", lines: [{ itemId: milk, quantity: "3" }] };
  await bakery.make(web.client, "/stock/waste", waste);
  await run(siteId);
  expect(await kindsOf(siteId)).toEqual([]);
  expect(await kindsOf(siteId, "closed")).toEqual(["lot_expired", "lot_expiring"]);
});

test("what was sold and is not on the books is an alert after a day, until it is settled", async () => {
  at("2026-07-01T10:00:00Z");
  const { siteId, tillIds } = await bakery.openShop(web.client);
  const loaf = await item({ kind: "product", unit: "piece" });
  const sold = [{ itemId: loaf, quantity: "2" }];
  await bakery.sell(web.client, siteId, sold, { tillId: tillIds[0], onShort: "record" });
  at("2026-07-02T10:00:00Z");
  await run(siteId);
  expect(await kindsOf(siteId)).toEqual([]);
  at("2026-07-02T10:00:01Z");
  await run(siteId);
  const [alert] = await alertsOf(siteId, "&state=open");
  expect(alert).toMatchObject({
    kind: "shortfall_open",
    quantity: "2",
    since: "2026-07-01T10:00:00Z",
  });
  await stock(siteId, loaf, "10");
  await run(siteId);
  expect(await kindsOf(siteId)).toEqual([]);
});

test("fifty who evaluate at once open each alert once and close it once, and tell of it once", async () => {
  at("2026-08-01T10:00:00Z");
  const siteId = await shop();
  const items = [await item({ reorderLevel: "5" }), await item({ reorderLevel: "5" })];
  for (const itemId of items) await stock(siteId, itemId, "1");
  const other = openTestWeb(database.appUrl, { now: () => new Date(clock) });
  const fifty = () =>
    Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        evaluateSite(jobCtx(index % 2 === 0 ? web : other), siteId),
      ),
    );
  const sum = (all: readonly { opened: number; closed: number }[]) =>
    all.reduce((so, { opened, closed }) => [so[0]! + opened, so[1]! + closed], [0, 0]);
  expect(sum(await fifty())).toEqual([2, 0]);
  expect((await alertsOf(siteId)).length).toBe(2);
  const ids = (await alertsOf(siteId)).map(({ id }: { id: string }) => id);
  const notices = await sqlOf(web)("select 1 from alerts.notices where alert_ids && $1::uuid[]", [
    ids,
  ]);
  expect(notices.length).toBe(1);
  for (const itemId of items) await stock(siteId, itemId, "9");
  expect(sum(await fifty())).toEqual([0, 2]);
  await other.close();
});

test("an alert of a site that is archived is closed", async () => {
  const siteId = await shop();
  await stock(siteId, await item({ reorderLevel: "5" }), "1");
  await run(siteId);
  await sqlOf(web)("update sites.sites set archived_at = now() where id = $1", [siteId]);
  await evaluate(jobCtx(web), []);
  expect(await kindsOf(siteId)).toEqual([]);
});

test("events that wait too long and books that do not hold are alerts of the company", async () => {
  const sql = sqlOf(web);
  await sql("delete from platform.events");
  const company = async () => {
    await evaluateCompany(jobCtx(web));
    const { data } = await bakery.read(web.client, "/alerts?state=open");
    const own = data.filter(({ siteId }: { siteId: string | null }) => siteId === null);
    return own.map(({ kind }: { kind: string }) => kind).sort();
  };
  expect(await company()).toEqual([]);
  await sql(
    `insert into platform.events (id, type, subject_id, payload, recorded_at)
     values ($1, 'x.y', $1, '{}', now() - interval '301 seconds')`,
    [newId()],
  );
  const verified = (isSound: boolean) =>
    sql(
      `insert into verifications.runs (id, is_sound, certificate, problem, counts, started_at)
       values ($1, $2, null, $3, '{}', now())`,
      [newId(), isSound, isSound ? null : "stock.balances"],
    );
  await verified(false);
  expect(await company()).toEqual(["verify_failed", "worker_lag"]);
  await sql("delete from platform.events");
  await verified(true);
  expect(await company()).toEqual([]);
});
