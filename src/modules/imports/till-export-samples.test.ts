import { afterAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openTill } from "../../../test/harness/till-exports.ts";

const folder = process.env["BANNETON_DATA"] ?? join(import.meta.dir, "../../../../shared/data");
const path = join(folder, "BreadBasket_DMS.csv");
const isPresent = existsSync(path);
if (!isPresent) test.skip(`the Bread Basket file is not at ${path}`, () => {});

const till = isPresent ? await openTill() : undefined;
afterAll(() => till?.close());

test.skipIf(!isPresent)(
  "the Bread Basket file whole: every line is a line or a flag, twice is once",
  async () => {
    if (till === undefined) return;
    const siteId = await till.openSite({ zone: "Europe/London", cutover: "00:00" });
    const bytes = readFileSync(path);
    const rows = bytes
      .toString("latin1")
      .split("\r\n")
      .slice(1)
      .map((row) => row.split(","));
    const taken = rows.filter(([, , , item]) => item !== "NONE");
    const lines = new Map<string, number>();
    const tickets = new Map<string, Set<string>>();
    for (const [date = "", , ticket = ""] of taken) {
      lines.set(date, (lines.get(date) ?? 0) + 1);
      tickets.set(date, (tickets.get(date) ?? new Set()).add(ticket));
    }
    expect(rows.length).toBe(21_293);
    const done = await till.bring(siteId, bytes);
    expect(done).toMatchObject({
      rowsRead: 21_294,
      problemCount: 786,
      linesTaken: 21_293 - 786,
      linesRecorded: 21_293 - 786,
      // All 9,531 but those that say NONE and no more.
      ticketsCreated: new Set(taken.map(([, , ticket]) => ticket)).size,
    });
    expect(new Set(rows.map(([, , ticket]) => ticket)).size).toBe(9_531);
    const flags = await till.pagesOf(done.id, "flags");
    const placeholders = flags.filter(({ code }) => code === "imports.placeholder");
    expect(placeholders.map(({ row }) => row)).toEqual(
      rows.flatMap(([, , , item], index) => (item === "NONE" ? [index + 2] : [])),
    );
    const days = await till.pagesOf(done.id, "days");
    expect(days.map((day) => [day.businessDate, day.lines, day.quantity, day.tickets])).toEqual(
      [...lines]
        .sort()
        .map(([date, count]) => [date, count, String(count), tickets.get(date)?.size ?? 0]),
    );
    const again = await till.bring(siteId, bytes);
    expect(again).toMatchObject({
      ticketsCreated: 0,
      ticketsChanged: 0,
      ticketsUnchanged: done.ticketsCreated,
    });
    const [article] = (await till.pagesOf(again.id, "articles")).filter(
      ({ sameAs }) => sameAs.length > 0,
    );
    expect(article === undefined || article.sameAs.length > 0).toBe(true);
  },
  120_000,
);
