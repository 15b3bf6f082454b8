import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import { requireSite } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { decimal, moneyText } from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import { type HistoryRow, insertHistory } from "../queries/history.ts";

/** A line that another system sold: a sale of one line. */
export type HistorySale = Omit<HistoryRow, "lineId">;

const rowsAtOnce = 2_000;

/**
 * Step: writes down what another system sold (domain rules 11): kind `history`, its foreign number,
 * no till, no receipt, no payment, no stock; cost and margin stay unknown. Quantities in stock
 * units. Throws `sites.site_unknown` (422).
 */
export async function recordHistory(
  tx: Tx,
  ctx: Ctx,
  history: { readonly siteId: string; readonly sales: readonly HistorySale[] },
): Promise<void> {
  const { siteId, sales } = history;
  const { pricesIncludeTax } = await requireSite(tx, siteId);
  const { currency } = await readSettings(tx);
  const minorDigits = minorDigitsOf(currency);
  const terms = { siteId, actor: ctx.actor.id, currency, minorDigits, pricesIncludeTax };
  for (let start = 0; start < sales.length; start += rowsAtOnce) {
    const rows = sales.slice(start, start + rowsAtOnce).map((sale): HistoryRow => {
      const total = moneyText(decimal(sale.total), minorDigits);
      return { ...sale, total, lineId: newId() };
    });
    await insertHistory(tx, terms, rows);
  }
}
