import { afterAll, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { openTill } from "../../../test/harness/till-exports.ts";

const till = await openTill();
afterAll(() => till.close());

const header = "date,time,ticket,article,quantity,price";
const csv = (...rows: string[]) => [header, ...rows, ""].join("\n");
const line = (ticket: number, rest: string) => `2021-01-02,09:00,${ticket},${rest}`;
const mapping = {
  layout: "lines",
  delimiter: ",",
  encoding: "utf-8",
  hasHeader: true,
  columns: {
    date: "date",
    time: "time",
    ticket: "ticket",
    article: "article",
    quantity: "quantity",
    unitPrice: "price",
  },
  dateOrder: "ymd",
  decimal: ".",
  thousands: "",
  ticketScope: "file",
  returns: "negative",
  placeholders: [""],
};

async function refusalOf(text: string): Promise<string> {
  const { id } = await till.announce(await till.openSite(), { mapping });
  const { body } = await till.send(id, text);
  return `${body.code} ${body.detail}`;
}

test("a file that cannot be read on says at which row, and why", async () => {
  const good = line(1, "Bun,1,1.00");
  expect(await refusalOf(csv(good, line(2, '"Bun,1,1.00')))).toBe(
    "imports.csv The file cannot be read on from row 3: a quoted cell does not end.",
  );
  const long =
    "Row 3 has more than 131072 characters: is this a CSV, and does each quoted cell end?";
  expect(await refusalOf(csv(good, "x".repeat(200_000)))).toBe(`imports.csv ${long}`);
});

test("a ticket beyond what the books can hold is left out whole, and the rest comes in", async () => {
  const siteId = await till.openSite();
  const huge = line(1, `Bun ${newId()},999999,999999`);
  const done = await till.bring(siteId, csv(huge, huge, line(2, "Bun X,1,1.00")), { mapping });
  expect(done).toMatchObject({ state: "done", ticketsCreated: 1, problemCount: 2 });
  expect(await till.flagsOf(done.id)).toEqual(["2 too_large", "3 too_large"]);
});

test("every line of a ticket that is too long is flagged", async () => {
  const rows = new Array(2_001).fill(line(1, "Bun X,1,1.00"));
  const done = await till.bring(await till.openSite(), csv(...rows), { mapping });
  expect(done).toMatchObject({ ticketsCreated: 0, problemCount: 2_001 });
});

test("an article that a stray quote runs on into the next line is told", async () => {
  const swallowed = csv(line(1, '"Bun,1,1.00'), line(2, 'Bun",1,1.00'), line(3, "Bun,1,1.00"));
  const done = await till.bring(await till.openSite(), swallowed, { mapping });
  expect(await till.flagsOf(done.id)).toEqual(["2 line_break"]);
  const ticket = csv('2021-01-02,09:00,"1,Bun,1,1.00', '2021-01-02,09:00,2",Bun,1,1.00');
  const other = await till.bring(await till.openSite(), ticket, { mapping });
  expect(await till.flagsOf(other.id)).toEqual(["2 ticket"]);
});

test("a file that was brought in before its days were closed is still unchanged after", async () => {
  const siteId = await till.openSite();
  const text = csv(line(1, "Bun X,1,1.00"), line(2, "Bun X,-1,1.00"));
  const done = await till.bring(siteId, text, { mapping });
  await bakery.make(till.client, "/periods/close", { siteId, through: "2021-01-31" });
  const again = await till.bring(siteId, text, { mapping });
  expect(again).toMatchObject({ problemCount: 0, ticketsUnchanged: 1, returnsUnchanged: 1 });
  expect(await till.pagesOf(again.id, "days")).toEqual(await till.pagesOf(done.id, "days"));
});

test("a mapping that would read numbers in two ways is refused", async () => {
  const siteId = await till.openSite();
  const refused = async (changed: object) => {
    const body = { id: newId(), siteId, mapping: { ...mapping, ...changed } };
    const answer = await till.client.post("/imports/till-exports", body, {
      "idempotency-key": body.id,
    });
    return [answer.status, answer.body.errors?.[0]?.pointer];
  };
  expect(await refused({ thousands: "." })).toEqual([422, "/mapping/thousands"]);
  for (const currency of ["5", "-", "(", "E5", "."]) {
    expect([currency, ...(await refused({ currency }))]).toEqual([
      currency,
      422,
      "/mapping/currency",
    ]);
  }
  for (const currency of ["€", "EUR", "Fr.", "kr", "R$", "p."]) {
    expect([currency, ...(await refused({ currency }))]).toEqual([currency, 201, undefined]);
  }
});
