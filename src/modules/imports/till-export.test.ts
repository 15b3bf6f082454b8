import { afterAll, expect, test } from "bun:test";
import { statement } from "#platform/db.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { countTillFile, dayAsCounted } from "../../../test/harness/till-count.ts";
import { openTill } from "../../../test/harness/till-exports.ts";
import { tillFile } from "../../../test/harness/till-file.ts";
import { systemCtx } from "../../cli/terminal.ts";
import { receiveTillExport } from "./index.ts";

const till = await openTill();
afterAll(() => till.close());

const header = "date,time,ticket,article,quantity,price";
const csv = (...rows: string[]) => [header, ...rows, ""].join("\n");
const salesOf = (siteId: string) => till.allOf(`/sales?siteId=${siteId}&limit=200`);

const booksDigest = statement(
  "test_books_digest",
  `select md5(string_agg(t, '|' order by t)) as digest, count(*)::integer as count from (
     select concat_ws(',', s.foreign_number, s.sold_at, s.business_date, s.total, l.position, l.name,
       l.quantity, l.unit_price, l.total) as t
     from sales.sales s join sales.sale_lines l on l.sale_id = s.id where s.site_id = $1
     union all
     select concat_ws(',', f.foreign_key, f.refunded_at, f.total, r.name, r.quantity, s.foreign_number)
     from sales.refunds f join sales.refund_lines r on r.refund_id = f.id
     left join sales.sales s on s.id = f.sale_id where f.site_id = $1
   ) all_of`,
);
const digestOf = async (siteId: string) =>
  (await till.web.app.db.run<{ digest: string; count: number }>(booksDigest, [siteId]))[0];

for (const [dates, isMarked] of [
  ["ymd", false],
  ["dmy", true],
] as const) {
  test(`the days of an export add up to an independent count, ${dates}${isMarked ? ", marked" : ""}`, async () => {
    const siteId = await till.openSite({ cutover: "03:00" });
    const text = tillFile({ lines: 3_000, seed: 7, dates, isMarked });
    const done = await till.bring(siteId, text);
    expect(done).toMatchObject({
      state: "done",
      problemCount: 0,
      linesRecorded: 3_000,
      rowsRead: 3_001,
    });
    const days = await till.pagesOf(done.id, "days");
    const counted = new Map(days.map((day) => [day.businessDate, dayAsCounted(day)]));
    expect(counted).toEqual(countTillFile(text));
    expect(done.returnsCreated).toBeGreaterThan(3);
    const codes = new Set((await till.flagsOf(done.id)).map((flag) => flag.split(" ")[1]));
    expect(codes.has("odd_name")).toBe(true);
    const before = await digestOf(siteId);
    const again = await till.bring(siteId, text);
    expect(again).toMatchObject({ ticketsCreated: 0, ticketsChanged: 0, returnsCreated: 0 });
    expect(again.ticketsUnchanged).toBe(done.ticketsCreated);
    expect(again.returnsUnchanged).toBe(done.returnsCreated);
    expect(await digestOf(siteId)).toEqual(before);
    expect(await till.pagesOf(again.id, "days")).toEqual(days);
  }, 60_000);
}

test("history moves no stock and is marked as history", async () => {
  const siteId = await till.openSite();
  await till.bring(
    siteId,
    csv("2021-01-02,09:00,1,Rye H,2,3.50", "2021-01-02,09:00,1,Rye H,2,3.50"),
  );
  const [sale, ...others] = await salesOf(siteId);
  expect(others).toEqual([]);
  expect(sale).toMatchObject({
    kind: "history",
    foreignNumber: "1",
    tillId: null,
    total: "14.00",
    soldAt: "2021-01-02T08:00:00Z",
  });
  // Identical lines are not duplicates.
  expect(sale.lines).toMatchObject([
    { quantity: "2", cost: null },
    { quantity: "2", cost: null },
  ]);
  expect((await bakery.read(till.client, `/stock?siteId=${siteId}`)).data).toEqual([]);
});

test("identical lines without tickets are numbered, and a longer file adds only what is new", async () => {
  const siteId = await till.openSite();
  const text = (...rows: string[]) => ["date,article,quantity,price", ...rows, ""].join("\n");
  const row = "2021-01-02,Bun I,1,0.50";
  const first = await till.bring(siteId, text(row, row));
  expect(first).toMatchObject({ ticketsCreated: 2, mapping: { ticketScope: "line" } });
  const longer = await till.bring(siteId, text(row, row, "2021-01-02,Cake I,1,2.00", row));
  expect(longer).toMatchObject({ ticketsCreated: 2, ticketsUnchanged: 2 });
  // A day without a time is the trading day itself, whatever the cutover.
  expect((await salesOf(siteId)).map((sale) => sale.businessDate)).toEqual(
    new Array(4).fill("2021-01-02"),
  );
});

test("a ticket whose lines are scattered is one sale; one known otherwise is flagged and stays", async () => {
  const siteId = await till.openSite();
  const done = await till.bring(
    siteId,
    csv(
      "2021-01-02,09:00,1,Bun J,1,1.00",
      "2021-01-02,09:01,2,Bun J,1,1.00",
      "2021-01-02,09:00,1,Cake J,1,2.00",
    ),
  );
  expect(done).toMatchObject({ ticketsCreated: 2 });
  const changed = await till.bring(
    siteId,
    csv("2021-01-02,09:00,1,Bun J,1,1.00", "2021-01-02,09:01,2,Bun J,1,1.00"),
  );
  expect(changed).toMatchObject({ ticketsUnchanged: 1, ticketsChanged: 1, problemCount: 1 });
  expect(await till.flagsOf(changed.id)).toEqual(["2 ticket_changed"]);
  const totals = (await salesOf(siteId)).map((sale) => sale.total).sort();
  expect(totals).toEqual(["1.00", "3.00"]);
});

test("a return refers to the latest sale that fits, its own ticket first; else it is flagged", async () => {
  const siteId = await till.openSite();
  const done = await till.bring(
    siteId,
    csv(
      "2021-01-02,09:00,1,Bun K,2,1.00",
      "2021-01-03,09:00,2,Bun K,1,1.00",
      "2021-01-04,09:00,3,Bun K,-1,1.00",
      "2021-01-04,09:01,4,Bun K,-1,1.00",
      "2021-01-04,09:02,5,Bun K,-2,1.00",
      "2021-01-04,09:03,6,Bun K,-1,9.00",
      "2021-01-01,09:03,7,Bun K,-1,1.00",
      "2021-01-05,09:00,8,Bun K,3,1.00",
      "2021-01-05,09:00,8,Bun K,-1,1.00",
    ),
  );
  expect(done).toMatchObject({
    ticketsCreated: 3,
    returnsCreated: 6,
    returnsMatched: 3,
    noticeCount: 3,
  });
  expect(await till.flagsOf(done.id)).toEqual([
    "6 unmatched_return",
    "7 unmatched_return",
    "8 unmatched_return",
  ]);
  const refunded = new Map(
    (await salesOf(siteId)).map((sale) => [sale.foreignNumber, sale.refundedTotal]),
  );
  expect(Object.fromEntries(refunded)).toEqual({ 1: "1.00", 2: "1.00", 8: "1.00" });
  const before = await digestOf(siteId);
  const more = await till.bring(
    siteId,
    csv("2021-01-06,09:00,9,Bun K,-2,1.00", "2021-01-06,09:01,10,Bun K,-2,1.00"),
  );
  expect(more).toMatchObject({ returnsMatched: 1 });
  expect((await digestOf(siteId))?.count).toBe((before?.count ?? 0) + 2);
});

test("every line that is left out or odd is flagged with its row, column and reason", async () => {
  const siteId = await till.openSite();
  const bytes = Uint8Array.from([
    ...new TextEncoder().encode(
      csv(
        "2021-01-02,09:00,1,Bun L,1,1.00",
        "2021-02-30,09:00,1,Bun L,1,1.00",
        "2021-01-02,25:00,1,Bun L,1,1.00",
        "2021-01-02,09:00,,Bun L,1,1.00",
        "2021-01-02,09:00,1,NONE,1,1.00",
        "2021-01-02,09:00,1,,1,1.00",
        "2021-01-02,09:00,1,Bun L,x,1.00",
        "2021-01-02,09:00,1,Bun L,0,1.00",
        "2021-01-02,09:00,1,Bun L,1,1.0.0",
        "2021-01-02,09:00,1,Bun L,1,0,90",
        "2027-01-02,09:00,2,Bun L,1,1.00",
        "2021-01-02,09:00,1,Bun L,1,0.00",
        "",
      ),
    ),
    ...new TextEncoder().encode("2021-01-02,09:00,3,Bun "),
    0xff,
    ...new TextEncoder().encode(",1,1.00\n"),
  ]);
  const mapping = (await till.bring(siteId, csv("2021-01-02,08:00,0,Bun L,1,1.00"))).mapping;
  const done = await till.bring(siteId, bytes, { mapping });
  expect(await till.flagsOf(done.id)).toEqual([
    "3 date",
    "4 time",
    "5 ticket",
    "6 placeholder",
    "7 placeholder",
    "8 quantity",
    "9 zero_quantity",
    "10 price",
    "11 columns",
    "12 future",
    "13 zero_price",
    "15 encoding",
  ]);
  expect(done).toMatchObject({ problemCount: 10, noticeCount: 2, linesRecorded: 3, rowsRead: 15 });
  const [flag] = await till.pagesOf(done.id, "flags");
  expect(flag).toEqual({
    row: 3,
    column: "date",
    severity: "problem",
    code: "imports.date",
    message: expect.any(String),
  });
});

test("a dry run reports the same, and leaves the books and the catalogue as they are", async () => {
  const siteId = await till.openSite();
  const text = csv(
    "2021-01-02,09:00,1,Bun M,1,1.00",
    "2021-01-02,09:00,2,Bun M,-1,1.00",
    "2021-01-02,09:00,2,NONE,1,1.00",
  );
  const dry = await till.bring(siteId, text, { dryRun: true });
  expect(await salesOf(siteId)).toEqual([]);
  const items = await till.allOf("/items?limit=200");
  expect(items.some((item) => item.name === "Bun M")).toBe(false);
  const wet = await till.bring(siteId, text);
  for (const field of [
    "rowsRead",
    "linesTaken",
    "linesRecorded",
    "ticketsCreated",
    "returnsCreated",
    "problemCount",
  ]) {
    expect([field, dry[field]]).toEqual([field, wet[field]]);
  }
  for (const list of ["flags", "days"] as const) {
    expect(await till.pagesOf(dry.id, list)).toEqual(await till.pagesOf(wet.id, list));
  }
});

test("spellings of one article are one item; close ones are only told, until an alias merges them", async () => {
  const siteId = await till.openSite();
  const text = csv(
    "2021-01-02,09:00,1,Baguette trad N,1,1.00",
    "2021-01-02,09:00,1,  BAGUETTE   TRAD N ,1,1.00",
    "2021-01-02,09:00,1,Baguette-Trad. N,1,1.00",
  );
  const { id } = await till.bring(siteId, text);
  const [one, two, close] = await till.pagesOf(id, "articles");
  expect(two.itemId).toBe(one.itemId);
  expect(one.sameAs).toEqual([two.spelling]);
  expect(close.itemId).not.toBe(one.itemId);
  expect(close.similar).toEqual([one.spelling, two.spelling]);
  await bakery.make(till.client, "/import-aliases", {
    name: "baguette-trad. n",
    itemId: one.itemId,
  });
  const second = await till.openSite();
  const merged = await till.bring(second, text);
  expect((await till.pagesOf(merged.id, "articles")).map((each) => each.itemId)).toEqual(
    new Array(3).fill(one.itemId),
  );
});

test("nothing is dated in a closed period, not even what was read before it was closed", async () => {
  const text = csv(
    "2021-01-02,09:00,1,Bun P,1,1.00",
    "2021-02-02,09:00,2,Bun P,1,1.00",
    "2021-01-03,09:00,3,Bun P,-1,1.00",
  );
  const [before, between] = [await till.openSite(), await till.openSite()];
  const close = (siteId: string) =>
    bakery.make(till.client, "/periods/close", { siteId, through: "2021-01-31" });
  await close(before);
  const refused = await till.bring(before, text);
  const { id } = await till.announce(between);
  const stop = () => {
    throw new Error("stopped");
  };
  const ctx = systemCtx(till.web.app);
  const bytes = async function* () {
    yield new TextEncoder().encode(text);
  };
  await expect(receiveTillExport(ctx, { id, bytes: bytes(), moved: stop })).rejects.toThrow();
  await close(between);
  expect((await till.send(id, text)).body).toMatchObject({ state: "done", ticketsCreated: 1 });
  for (const of of [refused.id, id]) {
    expect(await till.flagsOf(of)).toEqual(["2 closed", "4 closed"]);
  }
  for (const siteId of [before, between]) {
    expect((await salesOf(siteId)).map((sale) => sale.foreignNumber)).toEqual(["2"]);
  }
});
