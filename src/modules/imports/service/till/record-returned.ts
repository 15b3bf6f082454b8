import { type HistoryReturn, recordHistoryReturns } from "#modules/sales/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import * as errors from "../../errors.ts";
import { holdAttempt, noteRecorded } from "../../queries/till-exports.ts";
import {
  findKnownReturns,
  listReturnableLines,
  type ReturnableLine,
  type ReturnsWanted,
} from "../../queries/till-known.ts";
import { addToDays, clearStaged, insertFlags, readStaged } from "../../queries/till-lines.ts";
import { waitForTurn } from "../../queries.ts";
import type { Flag } from "../../rules/till/flags.ts";
import {
  articleAndPrice,
  firstDayFor,
  type ReturnLine,
  ReturnMatcher,
  returnsOf,
} from "../../rules/till/returns.ts";
import { RETURNED } from "../../rules/till/staged.ts";
import { daySums, groupBy, type StagedRow } from "../../rules/till/tickets.ts";
import { closedTest, linesIn, nameOf, type Recording } from "./record-sold.ts";

const rowsAtOnce = 200;

/** Writes staged returns to the books, oldest first: all sales they may refer to are there by now. */
export async function recordReturned(ctx: Ctx, recording: Recording): Promise<void> {
  const page = { importId: recording.begun.id, part: RETURNED, after: "", limit: rowsAtOnce };
  for (;;) {
    const rows = await readStaged(ctx.app.db, page);
    if (rows.length === 0) return;
    await ctx.app.db.withTransaction((tx) => recordPage(tx, ctx, recording, rows));
    recording.recorded(linesIn(rows));
    page.after = rows.at(-1)?.sortKey ?? "";
  }
}

async function recordPage(
  tx: Tx,
  ctx: Ctx,
  recording: Recording,
  rows: readonly StagedRow[],
): Promise<void> {
  const { begun, articles } = recording;
  const { id, siteId, dryRun } = begun;
  if (!(await holdAttempt(tx, begun))) throw errors.takenOver();
  if (!dryRun) await waitForTurn(tx);
  const isClosed = await closedTest(tx, siteId);
  const read = returnsOf(rows, (article) => nameOf(articles, article));
  const keys = read.map(({ key }) => key);
  const known = await findKnownReturns(tx, siteId, keys);
  const isLate = (line: ReturnLine) => !known.has(line.key) && isClosed(line);
  const all = read.filter((line) => !isLate(line));
  const news = all.filter(({ key }) => !known.has(key));
  const flags: Flag[] = read.filter(isLate).map(({ row }) => ({ row, column: "", code: "closed" }));
  let unmatched = 0;
  if (!dryRun && news.length > 0) {
    const returns = await matched(tx, recording, news);
    await recordHistoryReturns(tx, ctx, { siteId, returns });
    for (const [index, { saleId }] of returns.entries()) {
      const row = news[index]?.row ?? 0;
      if (saleId !== null) continue;
      unmatched += 1;
      flags.push({ row, column: "", code: "unmatched_return" });
    }
  }
  const counts = await insertFlags(tx, id, flags);
  const lines = all.map((line) => ({ businessDate: line.businessDate, lines: [line] }));
  await addToDays(tx, id, "returned", daySums(lines));
  await noteRecorded(tx, id, {
    lines: linesIn(rows),
    returnsCreated: news.length,
    returnsUnchanged: all.length - news.length,
    returnsMatched: dryRun ? 0 : news.length - unmatched,
    ...counts,
  });
  clearStaged(tx, id, RETURNED, rows.at(-1)?.sortKey ?? "");
}

async function matched(
  tx: Tx,
  { begun: { siteId }, articles }: Recording,
  news: readonly ReturnLine[],
): Promise<HistoryReturn[]> {
  const wanted = news.map((line) => {
    const { itemId, name = "", unit = "piece" } = articles.get(line.article) ?? {};
    invariant(itemId, "every article of a staged line has an item");
    return { ...line, itemId, name, unit };
  });
  const matcher = new ReturnMatcher();
  const found = new Map<string, Pick<ReturnableLine, "lineId" | "saleId">>();
  // Most come back on the day: those are found without a look at the weeks before.
  for (const isOfTheDay of [true, false]) {
    const open = wanted.filter((line) => !found.has(line.key));
    if (open.length === 0) break;
    const lines = await listReturnableLines(tx, periodOf(siteId, open, isOfTheDay));
    const byArticle = groupBy(lines, articleAndPrice);
    for (const line of open) {
      const match = matcher.take(line, byArticle.get(articleAndPrice(line)) ?? []);
      if (match !== undefined) found.set(line.key, match);
    }
  }
  return wanted.map((line): HistoryReturn => {
    const { key, ticket, soldAt, businessDate, itemId, name, unit, quantity, unitPrice, total } =
      line;
    const { saleId = null, lineId = null } = found.get(key) ?? {};
    const sold = { itemId, name, unit, quantity, unitPrice, total, soldAt, businessDate };
    return { key, foreignNumber: ticket, saleId, lineId, ...sold };
  });
}

type Wanted = Pick<ReturnableLine, "businessDate" | "itemId" | "unitPrice">;

function periodOf(siteId: string, open: readonly Wanted[], isOfTheDay: boolean): ReturnsWanted {
  const dates = [...new Set(open.map((line) => line.businessDate))].sort();
  const from = dates[0] ?? "";
  return {
    siteId,
    from: isOfTheDay ? from : firstDayFor(from),
    to: dates.at(-1) ?? "",
    dates: isOfTheDay ? dates : null,
    itemIds: [...new Set(open.map((line) => line.itemId))],
    unitPrices: [...new Set(open.map((line) => line.unitPrice))],
  };
}
