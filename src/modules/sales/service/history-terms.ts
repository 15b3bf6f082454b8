import { minorDigitsOf, postingSettings } from "#modules/settings/index.ts";
import { openSince, requireSite } from "#modules/sites/index.ts";
import { periodClosed } from "#modules/stock/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import type { HistoryTerms } from "../queries/history.ts";

/**
 * What all imported rows of a site share. Throws `sites.site_unknown` and, at the first row of a
 * closed period, `stock.period_closed` (422).
 */
export async function historyTerms(
  tx: Tx,
  ctx: Ctx,
  siteId: string,
  rows: { readonly place: string; readonly soldAt: readonly string[] },
): Promise<HistoryTerms> {
  const { pricesIncludeTax } = await requireSite(tx, siteId);
  const openFrom = await openSince(tx, siteId);
  const since = openFrom === null ? Number.NEGATIVE_INFINITY : Date.parse(openFrom);
  const closed = rows.soldAt.findIndex((soldAt) => Date.parse(soldAt) < since);
  if (closed >= 0) throw periodClosed(`${rows.place}/${closed}`);
  const { currency } = await postingSettings(tx);
  const minorDigits = minorDigitsOf(currency);
  return { siteId, actor: ctx.actor.id, currency, minorDigits, pricesIncludeTax };
}
