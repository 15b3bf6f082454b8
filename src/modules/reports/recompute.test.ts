import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { checkReports } from "../../../test/faults/reports.ts";
import { openSql, type Sql } from "../../../test/faults/sql.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { reportRows, systemCtx } from "../../../test/harness/reports.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { markDays, rebuildReports, recomputeDays, recomputeMarked, touchedDays } from "./index.ts";

let database: TestDatabase;
let sql: Sql;
let bench: TestWeb;
let clock = Date.parse("2026-06-01T10:00:00Z");

beforeAll(async () => {
  database = await testDatabase();
  sql = await openSql(database.ownerUrl);
  bench = openTestWeb(database.appUrl, { now: () => new Date(clock) });
}, 60_000);

afterAll(async () => {
  await sql.close();
  await bench.close();
  await database.drop();
});

const at = (time: string) => {
  clock = Date.parse(time);
};

/** What keeps no stock sells at any time. */
function gift(fields: object = {}): Promise<string> {
  return bakery.addItem(bench.client, {
    ...{ kind: "product", stocking: "none", unit: "piece", price: "1.00" },
    ...fields,
  });
}

async function read(path: string) {
  return (await bakery.read(bench.client, `/reports/${path}`)).data;
}

describe("business dates (domain rules 8)", () => {
  test("a day of 25 hours has them all, and the hour that comes twice holds both", async () => {
    const { siteId } = await bakery.openShop(bench.client, { cutover: "00:00" });
    const lines = [{ itemId: await gift(), quantity: "1" }];
    // Dublin's clocks go back from 02:00 to 01:00 at 01:00 UTC on 25 October 2026.
    const times = ["2026-10-24T22:59:00Z", "2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z"];
    for (const time of [
      ...times,
      "2026-10-25T01:30:00Z",
      "2026-10-25T23:59:00Z",
      "2026-10-26T00:00:00Z",
    ]) {
      at(time);
      await bakery.sell(bench.client, siteId, lines);
    }
    await rebuildReports(systemCtx(bench), { siteId });
    const sales = async (date: string) =>
      (await read(`sales/days?siteId=${siteId}&from=${date}&to=${date}`))[0].sales;
    expect(await sales("2026-10-24")).toBe(1);
    expect(await sales("2026-10-25")).toBe(4);
    expect(await sales("2026-10-26")).toBe(1);
    const hours = await read(`sales/hours?siteId=${siteId}&from=2026-10-25&to=2026-10-25`);
    const counts = hours.map((row: { hour: number; sales: number }) => [row.hour, row.sales]);
    expect(counts).toEqual([
      [23, 1],
      [1, 2],
      [0, 1],
    ]);
  });

  test("a day of 23 hours ends at its cutover, and stock moved on it is the day's own", async () => {
    const { siteId } = await bakery.openShop(bench.client, { cutover: "04:00" });
    const itemId = await bakery.addItem(bench.client, { kind: "product", unit: "piece" });
    // The business day of 28 March 2026 runs from 04:00 to 03:00 UTC.
    at("2026-03-28T04:00:00Z");
    await bakery.receive(bench.client, siteId, [{ itemId, quantity: "9", totalCost: "9.00" }]);
    for (const time of ["2026-03-29T02:59:59Z", "2026-03-29T03:00:00Z"]) {
      at(time);
      await bakery.sell(bench.client, siteId, [{ itemId, quantity: "1" }]);
    }
    await rebuildReports(systemCtx(bench), { siteId });
    const moved = await read(`materials?siteId=${siteId}`);
    expect(moved).toMatchObject([
      { businessDate: "2026-03-29", soldQuantity: "1", receivedQuantity: "0" },
      { businessDate: "2026-03-28", soldQuantity: "1", receivedQuantity: "9" },
    ]);
    expect(await read(`valuation?siteId=${siteId}`)).toMatchObject([
      { businessDate: "2026-03-29", value: "7" },
      { businessDate: "2026-03-28", value: "8" },
    ]);
  });
});

describe("a day is computed whole", () => {
  test("twice and by several at once leaves the same rows, and none is lost", async () => {
    at("2026-06-01T10:00:00Z");
    const { siteId } = await bakery.openShop(bench.client);
    const lines = [{ itemId: await gift(), quantity: "1" }];
    const ctx = systemCtx(bench);
    const day = { siteId, businessDate: "2026-06-01" };
    for (let round = 0; round < 5; round++) {
      const sales = Array.from({ length: 4 }, async () => {
        await bakery.sell(bench.client, siteId, lines);
        await recomputeDays(ctx, [day]);
      });
      await Promise.all([...sales, rebuildReports(ctx, { siteId })]);
    }
    const [found] = await read(`sales/days?siteId=${siteId}`);
    expect(found).toMatchObject({ sales: 20, revenueGross: "20.00" });
    const rows = await reportRows(database.appUrl, [siteId]);
    await recomputeDays(ctx, [day, day]);
    expect(await reportRows(database.appUrl, [siteId])).toEqual(rows);
    expect(await checkReports(sql)).toEqual([]);
  });

  test("one without anything in the books leaves no row, and takes rows away that are not true", async () => {
    const { siteId } = await bakery.openShop(bench.client);
    const ctx = systemCtx(bench);
    await recomputeDays(ctx, [{ siteId, businessDate: "2026-06-01" }]);
    expect(await read(`sales/days?siteId=${siteId}`)).toEqual([]);
    await sql.rows(
      `insert into reports.payments (site_id, business_date, method, taken, refunded)
       values ($1, '2026-06-01', 'cash', 5, 0)`,
      [siteId],
    );
    expect(await checkReports(sql)).toHaveLength(1);
    await recomputeDays(ctx, [{ siteId, businessDate: "2026-06-01" }]);
    expect(await checkReports(sql)).toEqual([]);
  });

  test("imported history counts as revenue, and nothing is said of its cost or its stock", async () => {
    const { siteId } = await bakery.openShop(bench.client);
    const itemId = await bakery.addItem(bench.client, { kind: "product", unit: "piece" });
    const [saleId, refundId] = [newId(), newId()];
    const document = `'history', $2, '2026-05-01', '2026-05-01T08:00:00Z', 'import', 'EUR', 2`;
    await sql.rows(
      `insert into sales.sales (id, kind, site_id, business_date, sold_at, actor, currency,
         minor_digits, prices_include_tax, order_discount, net, tax, total, change, rounding)
       values ($1, ${document}, true, 0, 6, 0, 6, 0, 0)`,
      [saleId, siteId],
    );
    await sql.rows(
      `insert into sales.sale_lines (id, sale_id, position, item_id, name, quantity, unit,
         unit_price, gross, discount, tax_rate, net, tax, total, stock_quantity, factor_numerator,
         factor_denominator)
       values ($1, $2, 1, $3, 'Loaf', 3, 'piece', 2, 6, 0, 0, 6, 0, 6, 3, 1, 1)`,
      [newId(), saleId, itemId],
    );
    await sql.rows(
      `insert into sales.refunds (id, kind, site_id, business_date, refunded_at, actor, currency,
         minor_digits, foreign_key, net, tax, total, rounding)
       values ($1, ${document}, 'a return', 2, 0, 2, 0)`,
      [refundId, siteId],
    );
    await sql.rows(
      `insert into sales.refund_lines (id, refund_id, position, item_id, name, quantity, unit,
         unit_price, disposition, gross, discount, tax_rate, net, tax, total)
       values ($1, $2, 1, $3, 'Loaf', 1, 'piece', 2, 'none', 2, 0, 0, 2, 0, 2)`,
      [newId(), refundId, itemId],
    );
    await rebuildReports(systemCtx(bench), { siteId });
    const unknown = { cost: null, margin: null, marginOf: null, revenueGross: "4.00" };
    expect(await read(`sales/days?siteId=${siteId}`)).toMatchObject([unknown]);
    expect(await read(`sales/items?siteId=${siteId}`)).toMatchObject([
      { ...unknown, quantity: "3", refundQuantity: "1" },
    ]);
    expect(await read(`best-sellers?siteId=${siteId}`)).toMatchObject([
      { quantity: "2", cost: null },
    ]);
    for (const list of ["payments", "materials"]) {
      expect(await read(`${list}?siteId=${siteId}`)).toEqual([]);
    }
    expect(await checkReports(sql)).toEqual([]);
  });

  test("it names the newest event that asked for it, whichever came last", async () => {
    at("2026-06-01T10:00:00Z");
    const { siteId } = await bakery.openShop(bench.client);
    await bakery.sell(bench.client, siteId, [{ itemId: await gift(), quantity: "1" }]);
    const day = { siteId, businessDate: "2026-06-01" };
    const [older, newer] = [newId(), newId()].sort();
    const ctx = systemCtx(bench);
    await recomputeDays(ctx, [{ ...day, eventId: newer }]);
    await recomputeDays(ctx, [{ ...day, eventId: older }]);
    await rebuildReports(ctx, { siteId });
    expect((await read(`sales/days?siteId=${siteId}`))[0].eventId).toBe(newer);
  });
});

describe("marked days", () => {
  test("a mark of a command that is not committed yet outlives a computation that did not see it", async () => {
    at("2026-06-01T10:00:00Z");
    const { siteId } = await bakery.openShop(bench.client);
    await bakery.sell(bench.client, siteId, [{ itemId: await gift(), quantity: "1" }]);
    const ctx = systemCtx(bench);
    const day = { siteId, businessDate: "2026-06-01" };
    await bench.app.db.withTransaction(async (tx) => {
      await markDays(tx, [day, day]);
      await recomputeDays(ctx, [{ siteId, businessDate: "2026-06-02" }, day]);
    });
    expect(await recomputeMarked(ctx)).toBe(1);
    expect(await recomputeMarked(ctx)).toBe(0);
    expect(await read(`sales/days?siteId=${siteId}`)).toHaveLength(1);
  });

  test("a receipt that settles what was sold short touches the day of the sale", async () => {
    at("2026-06-01T10:00:00Z");
    const { siteId, tillIds } = await bakery.openShop(bench.client);
    const itemId = await bakery.addItem(bench.client, { kind: "product", unit: "piece" });
    await bakery.sell(bench.client, siteId, [{ itemId, quantity: "1" }], {
      tillId: tillIds[0],
      onShort: "record",
    });
    at("2026-06-04T10:00:00Z");
    const line = { itemId, quantity: "2", totalCost: "2.00" };
    const { id } = await bakery.receive(bench.client, siteId, [line]);
    const change = { siteId, businessDate: "2026-06-04", subjectId: id };
    const recordedAt = new Date(clock).toISOString();
    const days = await touchedDays(systemCtx(bench), { ...change, recordedAt });
    expect(days.map((day) => day.businessDate)).toEqual(["2026-06-01", "2026-06-04"]);
  });

  test("what is dated back touches every day since: there was more or less to sell", async () => {
    at("2026-06-04T10:00:00Z");
    const { siteId } = await bakery.openShop(bench.client);
    const itemId = await bakery.addItem(bench.client);
    const effectiveAt = "2026-06-02T10:00:00Z";
    const lines = [{ itemId, quantity: "2", totalCost: "2.00" }];
    const { id } = await bakery.receive(bench.client, siteId, lines, { effectiveAt });
    const change = { siteId, businessDate: "2026-06-02", subjectId: id };
    const recordedAt = new Date(clock).toISOString();
    const days = await touchedDays(systemCtx(bench), { ...change, recordedAt });
    expect(days.map((day) => day.businessDate)).toEqual(["2026-06-02", "2026-06-03", "2026-06-04"]);
  });
});
