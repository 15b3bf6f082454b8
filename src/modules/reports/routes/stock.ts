import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { keptReply } from "#platform/http/conditional.ts";
import { http } from "#platform/http/plugin.ts";
import { NotModified, needs, operation, responses } from "#platform/http/responses.ts";
import { ValuationDayPage } from "../model/sales.ts";
import {
  MaterialDayPage,
  PaymentDayPage,
  ProductionDayPage,
  SellOutPage,
  WasteDayPage,
} from "../model/stock.ts";
import * as reports from "../service/read.ts";
import { dayQuery, itemQuery } from "./sales.ts";

const day = t.Object(dayQuery);
const item = t.Object(itemQuery);

export const stockReportRoutes = (app: App) =>
  new Elysia({ name: "stock-reports", prefix: "/reports", normalize: false })
    .use(http(app))
    .model({ WasteDayPage, MaterialDayPage, ProductionDayPage })
    .model({ PaymentDayPage, SellOutPage, ValuationDayPage })
    .get(
      "/waste",
      async ({ ctx, query, request }) => keptReply(request, reports.listWaste(ctx, query)),
      {
        query: item,
        response: responses({ 200: "WasteDayPage", 304: NotModified }, "query"),
        detail: needs(
          operation("listWasteDays", "Reports", "Waste by day and item"),
          "reports.read",
        ),
      },
    )
    .get(
      "/materials",
      async ({ ctx, query, request }) => keptReply(request, reports.listMaterials(ctx, query)),
      {
        query: item,
        response: responses({ 200: "MaterialDayPage", 304: NotModified }, "query"),
        detail: needs(
          operation(
            "listMaterialDays",
            "Reports",
            "What the ledger moved of each item on a day, by cause",
          ),
          "reports.read",
        ),
      },
    )
    .get(
      "/production",
      async ({ ctx, query, request }) => keptReply(request, reports.listProduction(ctx, query)),
      {
        query: item,
        response: responses({ 200: "ProductionDayPage", 304: NotModified }, "query"),
        detail: needs(
          operation("listProductionDays", "Reports", "What was made and lost, by day and item"),
          "reports.read",
        ),
      },
    )
    .get(
      "/payments",
      async ({ ctx, query, request }) => keptReply(request, reports.listPayments(ctx, query)),
      {
        query: day,
        response: responses({ 200: "PaymentDayPage", 304: NotModified }, "query"),
        detail: needs(
          operation("listPaymentDays", "Reports", "Payments by day and tender"),
          "reports.read",
        ),
      },
    )
    .get(
      "/sell-outs",
      async ({ ctx, query, request }) => keptReply(request, reports.listSellOuts(ctx, query)),
      {
        query: item,
        response: responses({ 200: "SellOutPage", 304: NotModified }, "query"),
        detail: needs(
          operation("listSellOuts", "Reports", "When products were sold out"),
          "reports.read",
        ),
      },
    )
    .get(
      "/valuation",
      async ({ ctx, query, request }) => keptReply(request, reports.listValuation(ctx, query)),
      {
        query: day,
        response: responses({ 200: "ValuationDayPage", 304: NotModified }, "query"),
        detail: needs(
          operation(
            "listValuationDays",
            "Reports",
            "What stock was worth at the end of each day",
            "By the ledger's own dates, as it is known now; a day that is not listed ended like the one before.",
          ),
          "reports.read",
        ),
      },
    );
