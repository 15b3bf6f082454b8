import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { decimal, moneyText, sum } from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import { type HistoryLineRow, insertHistory } from "../queries/history.ts";
import { historyTerms } from "./history-terms.ts";

/** What another system sold on one ticket; quantities in stock units. */
export interface HistorySale {
  readonly saleId: string;
  readonly foreignNumber: string;
  readonly businessDate: string;
  readonly soldAt: string;
  readonly lines: readonly Omit<HistoryLineRow, "saleId" | "lineId" | "position">[];
}

const salesAtOnce = 2_000;

/**
 * Step: writes down what another system sold (domain rules 11): kind `history`, its foreign number,
 * no till, no receipt, no payment, no stock; cost and margin stay unknown. Throws
 * `sites.site_unknown` and `stock.period_closed` (422).
 */
export async function recordHistory(
  tx: Tx,
  ctx: Ctx,
  history: { readonly siteId: string; readonly sales: readonly HistorySale[] },
): Promise<void> {
  const { siteId, sales } = history;
  const soldAt = sales.map((sale) => sale.soldAt);
  const terms = await historyTerms(tx, ctx, siteId, { place: "/sales", soldAt });
  const { minorDigits } = terms;
  for (let start = 0; start < sales.length; start += salesAtOnce) {
    const rows = sales.slice(start, start + salesAtOnce).map(({ lines, ...sale }) => {
      const totals = lines.map(({ total }) => decimal(moneyText(decimal(total), minorDigits)));
      return { ...sale, total: moneyText(sum(totals), minorDigits), lines };
    });
    const lines = rows.flatMap(({ saleId, lines: ofSale }) =>
      ofSale.map((line, index): HistoryLineRow => {
        const total = moneyText(decimal(line.total), minorDigits);
        return { ...line, saleId, lineId: newId(), position: index + 1, total };
      }),
    );
    await insertHistory(tx, terms, rows, lines);
  }
}
