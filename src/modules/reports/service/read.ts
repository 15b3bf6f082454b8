import type { TSchema } from "@sinclair/typebox";
import { permittedSites, visible } from "#modules/access/index.ts";
import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import type { Page } from "#platform/page.ts";

import * as sales from "../model/sales.ts";
import * as stock from "../model/stock.ts";
import * as averages from "../queries/averages.ts";
import type { Scope } from "../queries/list.ts";
import * as salesQueries from "../queries/sales.ts";
import * as stockQueries from "../queries/stock.ts";

/** What the caller may see of it, and how money is written. Asks for `reports.read`. */
export async function scopeOf(ctx: Ctx): Promise<Scope> {
  const siteIds = permittedSites(ctx, "reports.read");
  const { currency } = await readSettings(ctx.app.db.reports);
  return { siteIds, minorDigits: minorDigitsOf(currency) };
}

export type AverageItemQuery = Omit<averages.AverageItemFilter, "on"> & {
  readonly on?: string | undefined;
};

type Read<Filter, Row> = (db: Db, filter: Filter, scope: Scope) => Promise<Page<Row>>;

/** A list of reports: permitted sites only, costs for those who may see them. */
function listed<Filter, Row>(shape: TSchema, read: Read<Filter, Row>) {
  return async (ctx: Ctx, filter: Filter): Promise<Page<Row>> => {
    const scope = await scopeOf(ctx);
    return visible(ctx, shape, await read(ctx.app.db.reports, filter, scope));
  };
}

/** Sales by day, newest first; so are all lists here that do not say otherwise. */
export const listSalesDays = listed(sales.SalesDayPage, salesQueries.listSalesDays);
export const listSalesHours = listed(sales.SalesHourPage, salesQueries.listSalesHours);
export const listSalesItems = listed(sales.SalesItemPage, salesQueries.listSalesItems);
export const listValuation = listed(sales.ValuationDayPage, salesQueries.listValuation);
/** By site and rank. */
export const listBestSellers = listed(sales.BestSellerPage, averages.listBestSellers);
export const listAverageDays = listed(sales.AverageDayPage, averages.listAverageDays);

const averageItems = listed(sales.AverageItemPage, averages.listAverageItems);

/** By site and item, of the days that end with `on`, today in UTC by default. */
export function listAverageItems(
  ctx: Ctx,
  { on = ctx.now().toISOString().slice(0, 10), ...query }: AverageItemQuery,
) {
  return averageItems(ctx, { ...query, on });
}
export const listWaste = listed(stock.WasteDayPage, stockQueries.listWaste);
export const listMaterials = listed(stock.MaterialDayPage, stockQueries.listMaterials);
export const listProduction = listed(stock.ProductionDayPage, stockQueries.listProduction);
export const listPayments = listed(stock.PaymentDayPage, stockQueries.listPayments);
export const listSellOuts = listed(stock.SellOutPage, stockQueries.listSellOuts);
