import { type HistoryReturn, recordHistoryReturns } from "#modules/sales/index.ts";
import type { Ctx } from "#platform/context.ts";
import { inOrder, type Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import * as errors from "../../errors.ts";
import { holdAttempt, noteRecorded } from "../../queries/till-exports.ts";
import { findKnownReturns, listReturnedLines, listSoldLines } from "../../queries/till-known.ts";
import { addToDays, clearStaged, insertFlags, readStaged } from "../../queries/till-lines.ts";
import { waitForTurn } from "../../queries.ts";
import type { Flag } from "../../rules/till/flags.ts";
import { type ReturnLine, returnMatcher, returnsOf } from "../../rules/till/returns.ts";
import { RETURNED } from "../../rules/till/staged.ts";
import { daySums, type StagedRow } from "../../rules/till/tickets.ts";
import { linesIn, nameOf, type Recording } from "./record-sold.ts";

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
  const all = returnsOf(rows, (article) => nameOf(articles, article));
  const keys = all.map(({ key }) => key);
  const known = await findKnownReturns(tx, siteId, keys);
  const news = all.filter(({ key }) => !known.has(key));
  const flags: Flag[] = [];
  if (!dryRun && news.length > 0) {
    const returns = await matched(tx, recording, news);
    await recordHistoryReturns(tx, ctx, { siteId, returns });
    for (const [index, { saleId }] of returns.entries()) {
      const row = news[index]?.row ?? 0;
      if (saleId === null) flags.push({ row, column: "", code: "unmatched_return" });
    }
  }
  const counts = await insertFlags(tx, id, flags);
  const lines = all.map((line) => ({ businessDate: line.businessDate, lines: [line] }));
  await addToDays(tx, id, "returned", daySums(lines));
  await noteRecorded(tx, id, {
    lines: linesIn(rows),
    returnsCreated: news.length,
    returnsUnchanged: all.length - news.length,
    returnsMatched: dryRun ? 0 : news.length - flags.length,
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
    const { itemId, unit } = articles.get(line.article) ?? {};
    invariant(itemId, "every article of a staged line has an item");
    return { ...line, itemId, unit: unit ?? "piece" };
  });
  const dates = news.map((line) => line.businessDate).sort();
  const period = {
    siteId,
    from: dates[0] ?? "",
    to: dates.at(-1) ?? "",
    itemIds: wanted.map((line) => line.itemId),
    unitPrices: wanted.map((line) => line.unitPrice),
  };
  const [lines, givenBack] = await inOrder(
    listSoldLines(tx, period),
    listReturnedLines(tx, period),
  );
  const find = returnMatcher(lines, givenBack);
  return wanted.map((line): HistoryReturn => {
    const { ticket, itemId, unit, quantity, unitPrice, total, soldAt, businessDate, key } = line;
    const found = find(line);
    return {
      key,
      foreignNumber: ticket,
      name: nameOf(articles, line.article),
      saleId: found?.saleId ?? null,
      lineId: found?.lineId ?? null,
      ...{ itemId, unit, quantity, unitPrice, total, soldAt, businessDate },
    };
  });
}
