import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { keptReply } from "#platform/http/conditional.ts";
import { http } from "#platform/http/plugin.ts";
import { pageQuery } from "#platform/http/query.ts";
import { NotModified, needs, operation, responses } from "#platform/http/responses.ts";
import { DateOnly, Id } from "#platform/schema.ts";
import {
  AverageDayPage,
  AverageItemPage,
  BestSellerPage,
  SalesDayPage,
  SalesHourPage,
  SalesItemPage,
} from "../model/sales.ts";
import * as reports from "../service/read.ts";

export const dayQuery = {
  ...pageQuery,
  siteId: t.Optional(Id("Only of this site")),
  from: t.Optional(DateOnly("From this business date on")),
  to: t.Optional(DateOnly("Up to this business date")),
};
export const itemQuery = { ...dayQuery, itemId: t.Optional(Id("Only of this item")) };

const by = t.UnionEnum(["revenue", "quantity"], {
  default: "revenue",
  description: "What the best is best at",
});
const averaged = "Of days of trade only: a day without a sale is left out, not counted as 0.";

export const salesReportRoutes = (app: App) =>
  new Elysia({ name: "sales-reports", prefix: "/reports", normalize: false })
    .use(http(app))
    .model({ SalesDayPage, SalesHourPage, SalesItemPage })
    .model({ BestSellerPage, AverageDayPage, AverageItemPage })
    .get(
      "/sales/days",
      async ({ ctx, query, request }) => keptReply(request, reports.listSalesDays(ctx, query)),
      {
        query: t.Object(dayQuery),
        response: responses({ 200: "SalesDayPage", 304: NotModified }, "query"),
        detail: needs(
          operation(
            "listSalesDays",
            "Reports",
            "Sales by day",
            "Cost is that of the goods sold on the day, whenever it became known; imported history has none.",
          ),
          "reports.read",
        ),
      },
    )
    .get(
      "/sales/items",
      async ({ ctx, query, request }) => keptReply(request, reports.listSalesItems(ctx, query)),
      {
        query: t.Object(itemQuery),
        response: responses({ 200: "SalesItemPage", 304: NotModified }, "query"),
        detail: needs(
          operation("listSalesItems", "Reports", "Sales by day and item"),
          "reports.read",
        ),
      },
    )
    .get(
      "/sales/hours",
      async ({ ctx, query, request }) => keptReply(request, reports.listSalesHours(ctx, query)),
      {
        query: t.Object(dayQuery),
        response: responses({ 200: "SalesHourPage", 304: NotModified }, "query"),
        detail: needs(
          operation("listSalesHours", "Reports", "Sales by day and hour of the site's clock"),
          "reports.read",
        ),
      },
    )
    .get(
      "/best-sellers",
      async ({ ctx, query, request }) => keptReply(request, reports.listBestSellers(ctx, query)),
      {
        query: t.Object({ ...dayQuery, by }),
        response: responses({ 200: "BestSellerPage", 304: NotModified }, "query"),
        detail: needs(
          operation("listBestSellers", "Reports", "Best sellers of a time, by site"),
          "reports.read",
        ),
      },
    )
    .get(
      "/averages",
      async ({ ctx, query, request }) => keptReply(request, reports.listAverageDays(ctx, query)),
      {
        query: t.Object(dayQuery),
        response: responses({ 200: "AverageDayPage", 304: NotModified }, "query"),
        detail: needs(
          operation("listAverageDays", "Reports", "Moving averages of revenue", averaged),
          "reports.read",
        ),
      },
    )
    .get(
      "/averages/items",
      async ({ ctx, query, request }) => keptReply(request, reports.listAverageItems(ctx, query)),
      {
        query: t.Object({
          ...pageQuery,
          siteId: itemQuery.siteId,
          itemId: itemQuery.itemId,
          on: t.Optional(DateOnly("The last of the days to average; default today, in UTC")),
        }),
        response: responses({ 200: "AverageItemPage", 304: NotModified }, "query"),
        detail: needs(
          operation(
            "listAverageItems",
            "Reports",
            "What each item sells a day: of 7 and 28 days, and of the same weekday",
          ),
          "reports.read",
        ),
      },
    );
