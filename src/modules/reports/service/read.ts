import type { TSchema } from "@sinclair/typebox";
import { permittedSites, sightOf, visible } from "#modules/access/index.ts";
import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import type { Kept } from "#platform/cache.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import type { Page } from "#platform/page.ts";

import * as sales from "../model/sales.ts";
import * as stock from "../model/stock.ts";
import * as averages from "../queries/averages.ts";
import type { Scope } from "../queries/list.ts";
import * as salesQueries from "../queries/sales.ts";
import * as stockQueries from "../queries/stock.ts";
import { type Range, tagsOfReport } from "../rules/tags.ts";

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

export type AverageItemQuery = Omit<averages.AverageItemFilter, "on"> & {
  readonly on?: string | undefined;
};

type Read<Filter, Row> = (db: Db, filter: Filter, scope: Scope) => Promise<Page<Row>>;

interface Report<Filter, Row> {
  readonly name: string;
  readonly shape: TSchema;
  readonly read: Read<Filter, Row>;
  /** A row is of its own day alone; else other days change it, too. */
  readonly isOfDays: boolean;
}

/**
 * A list of reports: permitted sites only, costs for those who may see them. It is kept under all
 * that decides what is shown, so nobody gets what was computed for somebody of other rights.
 */
function kept<Filter extends Range, Row>(report: Report<Filter, Row>) {
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

function ofDays<Filter extends Range, Row>(name: string, shape: TSchema, read: Read<Filter, Row>) {
  return kept({ name, shape, read, isOfDays: true });
}

function ofCourse<Filter extends Range, Row>(
  name: string,
  shape: TSchema,
  read: Read<Filter, Row>,
) {
  return kept({ name, shape, read, isOfDays: false });
}

/** Sales by day, newest first; so are all lists here that do not say otherwise. */
export const listSalesDays = ofDays("sales-days", sales.SalesDayPage, salesQueries.listSalesDays);
export const listSalesHours = ofDays(
  "sales-hours",
  sales.SalesHourPage,
  salesQueries.listSalesHours,
);
export const listSalesItems = ofDays(
  "sales-items",
  sales.SalesItemPage,
  salesQueries.listSalesItems,
);
export const listValuation = ofCourse(
  "valuation",
  sales.ValuationDayPage,
  salesQueries.listValuation,
);
/** By site and rank. */
export const listBestSellers = ofDays(
  "best-sellers",
  sales.BestSellerPage,
  averages.listBestSellers,
);
export const listAverageDays = ofCourse(
  "average-days",
  sales.AverageDayPage,
  averages.listAverageDays,
);

const averageItems = ofCourse("average-items", sales.AverageItemPage, averages.listAverageItems);

/** By site and item, of the days that end with `on`, today in UTC by default. */
export function listAverageItems(
  ctx: Ctx,
  { on = ctx.now().toISOString().slice(0, 10), ...query }: AverageItemQuery,
) {
  return averageItems(ctx, { ...query, on });
}
export const listWaste = ofDays("waste", stock.WasteDayPage, stockQueries.listWaste);
export const listMaterials = ofDays("materials", stock.MaterialDayPage, stockQueries.listMaterials);
export const listProduction = ofDays(
  "production",
  stock.ProductionDayPage,
  stockQueries.listProduction,
);
export const listPayments = ofDays("payments", stock.PaymentDayPage, stockQueries.listPayments);
export const listSellOuts = ofDays("sell-outs", stock.SellOutPage, stockQueries.listSellOuts);
