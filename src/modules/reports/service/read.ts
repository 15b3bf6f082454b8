import { permittedSites, sightOf, visible } from "#modules/access/index.ts";
import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import type { Kept } from "#platform/cache.ts";
import type { Ctx } from "#platform/context.ts";
import type { AverageItemFilter } from "../queries/averages.ts";
import type { Scope } from "../queries/list.ts";
import { type Range, tagsOfReport } from "../rules/tags.ts";
import { lists, type ReportList } from "./lists.ts";

/** What the caller may see of it, and how money is written. Asks for `reports.read`. */
export function scopeOf(ctx: Ctx): Promise<Scope> {
  return scopeAt(ctx, permittedSites(ctx, "reports.read"));
}

async function scopeAt(ctx: Ctx, siteIds: Scope["siteIds"]): Promise<Scope> {
  const { currency } = await readSettings(ctx.app.db.reports);
  return { siteIds, minorDigits: minorDigitsOf(currency) };
}

/** How old numbers may be if nothing tells of their change. The second without Redis. */
const [ttlSeconds, aloneSeconds] = [60, 10];

export type AverageItemQuery = Omit<AverageItemFilter, "on"> & {
  readonly on?: string | undefined;
};

/**
 * A list of reports: permitted sites only, costs for those who may see them. It is kept under all
 * that decides what is shown, so nobody gets what was computed for somebody of other rights.
 */
function kept<Filter extends Range, Row>(report: ReportList<Filter, Row>) {
  const { name, shape, read, isOfDays } = report;
  return async (ctx: Ctx, filter: Filter): Promise<Kept> => {
    const siteIds = permittedSites(ctx, "reports.read")?.toSorted();
    const key = [name, filter, siteIds ?? null, sightOf(ctx, shape)];
    const tags = tagsOfReport(filter, siteIds, isOfDays);
    const what = { cache: "reports", key, tags, shape, ttlSeconds, aloneSeconds };
    return ctx.app.cache.read(what, async () => {
      const scope = await scopeAt(ctx, siteIds);
      return visible(ctx, shape, await read(ctx.app.db.reports, filter, scope));
    });
  };
}

/** Sales by day, newest first; so are all lists here that do not say otherwise. */
export const listSalesDays = kept(lists["sales-days"]);
export const listSalesHours = kept(lists["sales-hours"]);
export const listSalesItems = kept(lists["sales-items"]);
export const listValuation = kept(lists.valuation);
/** By site and rank. */
export const listBestSellers = kept(lists["best-sellers"]);
export const listAverageDays = kept(lists["average-days"]);

const averageItems = kept(lists["average-items"]);

/** By site and item, of the days that end with `on`, today in UTC by default. */
export function listAverageItems(
  ctx: Ctx,
  { on = ctx.now().toISOString().slice(0, 10), ...query }: AverageItemQuery,
) {
  return averageItems(ctx, { ...query, on });
}
export const listWaste = kept(lists.waste);
export const listMaterials = kept(lists.materials);
export const listProduction = kept(lists.production);
export const listPayments = kept(lists.payments);
export const listSellOuts = kept(lists["sell-outs"]);
