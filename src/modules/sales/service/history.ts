import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { decimal, moneyText, sum } from "#platform/decimal.ts";
import { publish } from "#platform/events.ts";
import { newIds } from "#platform/id.ts";
import { historyRecorded } from "../events.ts";
import { type HistoryLineRow, insertHistory } from "../queries/history.ts";
import { historyTerms } from "./history-terms.ts";

/** What another system sold on one ticket; quantities in stock units. */
export interface HistorySale {
  readonly saleId: string;
  readonly foreignNumber: string;
  readonly businessDate: string;
  readonly soldAt: string;
  readonly lines: readonly Omit<HistoryLineRow, "sale" | "lineId" | "position">[];
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
  const money = new Map<string, string>();
  const rounded = (amount: string): string => {
    const known = money.get(amount) ?? moneyText(decimal(amount), minorDigits);
    money.set(amount, known);
    return known;
  };
  for (let start = 0; start < sales.length; start += salesAtOnce) {
    const page = sales.slice(start, start + salesAtOnce);
    const ids = newIds(page.reduce((count, { lines }) => count + lines.length, 0)).values();
    const lines: HistoryLineRow[] = [];
    const rows = page.map(({ lines: ofSale, ...sale }, index) => {
      const totals = ofSale.map(({ total }) => rounded(total));
      for (const [at, line] of ofSale.entries()) {
        const lineId = ids.next().value ?? "";
        lines.push({ ...line, sale: index + 1, lineId, position: at + 1, total: totals[at] ?? "" });
      }
      const [only = ""] = totals;
      const total = totals.length === 1 ? only : moneyText(sum(totals.map(decimal)), minorDigits);
      return { ...sale, total };
    });
    await insertHistory(tx, terms, rows, lines);
  }
  publishHistory(tx, siteId, sales);
}

/** Step: one event for each business date. */
export function publishHistory(
  tx: Tx,
  siteId: string,
  rows: readonly { readonly businessDate: string }[],
): void {
  for (const businessDate of new Set(rows.map((row) => row.businessDate))) {
    publish(tx, historyRecorded, { siteId, businessDate, subjectId: siteId, payload: {} });
  }
}
