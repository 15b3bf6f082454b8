import { type HistoryReturn, recordHistoryReturns } from "#modules/sales/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import * as errors from "../../errors.ts";
import { holdAttempt, noteRecorded } from "../../queries/till-exports.ts";
import { type Candidate, findKnownReturns, listCandidates } from "../../queries/till-known.ts";
import { addToDays, clearStaged, insertFlags, readStaged } from "../../queries/till-lines.ts";
import { waitForTurn } from "../../queries.ts";
import type { Flag } from "../../rules/till/flags.ts";
import { type ReturnLine, ReturnMatcher, returnsOf } from "../../rules/till/returns.ts";
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

/** Bread is brought back within weeks, not months. */
const daysMax = 31;

async function matched(
  tx: Tx,
  { begun: { siteId }, articles }: Recording,
  news: readonly ReturnLine[],
): Promise<HistoryReturn[]> {
  const alike = new Map<string, number>();
  const wanted = news.map((line) => {
    const { itemId, name = "", unit = "piece" } = articles.get(line.article) ?? {};
    invariant(itemId, "every article of a staged line has an item");
    const key = `${itemId} ${line.unitPrice}`;
    const depth = (alike.get(key) ?? 0) + 1;
    alike.set(key, depth);
    return { ...line, itemId, name, unit, depth };
  });
  const matcher = new ReturnMatcher();
  const found = new Map<number, Pick<Candidate, "lineId" | "saleId">>();
  // Most come back on the day: those are found without a look at the weeks before.
  for (const days of [0, daysMax]) {
    const open = wanted.flatMap((line, at) => (found.has(at) ? [] : [{ ...line, at }]));
    const rows = await listCandidates(tx, siteId, days, open);
    const byReturn = groupBy(rows, (row) => String(row.index));
    for (const [index, line] of open.entries()) {
      const match = matcher.take(line, byReturn.get(String(index)) ?? []);
      if (match !== undefined) found.set(line.at, match);
    }
  }
  return wanted.map((line, at): HistoryReturn => {
    const { ticket, itemId, name, unit, quantity, unitPrice, total, soldAt, businessDate } = line;
    const { saleId = null, lineId = null } = found.get(at) ?? {};
    const sold = { itemId, name, unit, quantity, unitPrice, total, soldAt, businessDate };
    return { key: line.key, foreignNumber: ticket, saleId, lineId, ...sold };
  });
}
