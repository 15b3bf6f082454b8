import type { TSchema } from "@sinclair/typebox";
import type { Db } from "#platform/db.ts";
import type { Page } from "#platform/page.ts";
import type { ExportFilters, ReportName } from "../model/exports.ts";
import * as sales from "../model/sales.ts";
import * as stock from "../model/stock.ts";
import * as averages from "../queries/averages.ts";
import type { Scope } from "../queries/list.ts";
import * as salesQueries from "../queries/sales.ts";
import * as stockQueries from "../queries/stock.ts";

/** A list of reports as it is read, page by page. */
export interface ReportList<Filter, Row> {
  readonly name: string;
  readonly title: string;
  readonly shape: TSchema;
  readonly read: (db: Db, filter: Filter, scope: Scope) => Promise<Page<Row>>;
  /** A row is of its own day alone; else other days change it, too. */
  readonly isOfDays: boolean;
  /** Filters it takes besides the site. */
  readonly takes: readonly (keyof ExportFilters)[];
}

const days = ["from", "to"] as const;
const itemDays = ["from", "to", "itemId"] as const;

/** Lets each list keep the types of its filter and rows. */
function list<Filter, Row>(of: ReportList<Filter, Row>): ReportList<Filter, Row> {
  return of;
}

const { listSalesDays, listSalesItems, listSalesHours, listValuation } = salesQueries;
const { listBestSellers, listAverageDays, listAverageItems } = averages;
const { listWaste, listMaterials, listProduction, listPayments, listSellOuts } = stockQueries;

/** Every list of reports, by the name that exports and the cache know it by. */
export const lists = {
  "sales-days": list({
    name: "sales-days",
    title: "Sales by day",
    shape: sales.SalesDayPage,
    read: listSalesDays,
    isOfDays: true,
    takes: days,
  }),
  "sales-items": list({
    name: "sales-items",
    title: "Sales by day and item",
    shape: sales.SalesItemPage,
    read: listSalesItems,
    isOfDays: true,
    takes: itemDays,
  }),
  "sales-hours": list({
    name: "sales-hours",
    title: "Sales by day and hour",
    shape: sales.SalesHourPage,
    read: listSalesHours,
    isOfDays: true,
    takes: days,
  }),
  "best-sellers": list({
    name: "best-sellers",
    title: "Best sellers",
    shape: sales.BestSellerPage,
    read: listBestSellers,
    isOfDays: true,
    takes: [...days, "by"],
  }),
  "average-days": list({
    name: "average-days",
    title: "Moving averages of revenue",
    shape: sales.AverageDayPage,
    read: listAverageDays,
    isOfDays: false,
    takes: days,
  }),
  "average-items": list({
    name: "average-items",
    title: "What each item sells a day",
    shape: sales.AverageItemPage,
    read: listAverageItems,
    isOfDays: false,
    takes: ["itemId", "on"],
  }),
  waste: list({
    name: "waste",
    title: "Waste",
    shape: stock.WasteDayPage,
    read: listWaste,
    isOfDays: true,
    takes: itemDays,
  }),
  materials: list({
    name: "materials",
    title: "What moved of each item",
    shape: stock.MaterialDayPage,
    read: listMaterials,
    isOfDays: true,
    takes: itemDays,
  }),
  production: list({
    name: "production",
    title: "What was made and lost",
    shape: stock.ProductionDayPage,
    read: listProduction,
    isOfDays: true,
    takes: itemDays,
  }),
  payments: list({
    name: "payments",
    title: "Payments",
    shape: stock.PaymentDayPage,
    read: listPayments,
    isOfDays: true,
    takes: days,
  }),
  "sell-outs": list({
    name: "sell-outs",
    title: "Sold out",
    shape: stock.SellOutPage,
    read: listSellOuts,
    isOfDays: true,
    takes: itemDays,
  }),
  valuation: list({
    name: "valuation",
    title: "Value of stock",
    shape: sales.ValuationDayPage,
    read: listValuation,
    isOfDays: false,
    takes: days,
  }),
} satisfies Record<ReportName, unknown>;

/** The same, by a name that is only known when it runs. */
export function listOf(name: ReportName): ReportList<object, Readonly<Record<string, unknown>>> {
  return lists[name] as unknown as ReportList<object, Readonly<Record<string, unknown>>>;
}
