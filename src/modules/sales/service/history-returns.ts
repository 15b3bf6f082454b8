import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { decimal, moneyText } from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import { type HistoryReturnRow, insertHistoryReturns } from "../queries/history-returns.ts";
import { publishHistory } from "./history.ts";
import { historyTerms } from "./history-terms.ts";

/** A return that another system wrote down; `total` is the money given back, 0 or more. */
export type HistoryReturn = Omit<HistoryReturnRow, "refundId" | "refundLineId">;

const rowsAtOnce = 2_000;

/**
 * Step: writes down what another system took back: refunds of kind `history`, without stock or
 * payments, of a sale where one matches. Quantities in stock units. One whose key is known at the
 * site is left out; answers how many were new. Throws `sites.site_unknown` and
 * `stock.period_closed` (422).
 */
export async function recordHistoryReturns(
  tx: Tx,
  ctx: Ctx,
  history: { readonly siteId: string; readonly returns: readonly HistoryReturn[] },
): Promise<number> {
  const { siteId, returns } = history;
  const soldAt = returns.map((each) => each.soldAt);
  const terms = await historyTerms(tx, ctx, siteId, { place: "/returns", soldAt });
  const { minorDigits } = terms;
  let written = 0;
  for (let start = 0; start < returns.length; start += rowsAtOnce) {
    const rows = returns.slice(start, start + rowsAtOnce).map((each): HistoryReturnRow => {
      const total = moneyText(decimal(each.total), minorDigits);
      return { ...each, total, refundId: newId(), refundLineId: newId() };
    });
    written += await insertHistoryReturns(tx, terms, rows);
  }
  if (written > 0) publishHistory(tx, siteId, returns);
  return written;
}
