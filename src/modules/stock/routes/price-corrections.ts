import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { commanded, idempotencyKey } from "#platform/http/replies.ts";
import { keyed, needs, operation, responses } from "#platform/http/responses.ts";
import { Id, Word } from "#platform/schema.ts";
import {
  CorrectedLayerPage,
  CostAdjustmentPage,
  costKinds,
  NewPriceCorrection,
  PriceCorrection,
  PriceCorrectionPage,
} from "../model/price-correction.ts";
import { correctPrices } from "../service/correct-prices.ts";
import * as read from "../service/read-corrections.ts";

export const priceCorrectionRoutes = (app: App) =>
  new Elysia({ name: "price-corrections", prefix: "/price-corrections", normalize: false })
    .use(http(app))
    .model({ PriceCorrection, PriceCorrectionPage, CorrectedLayerPage, CostAdjustmentPage })
    .get("", async ({ ctx, query }) => read.listPriceCorrections(ctx, query), {
      query: t.Object({
        ...pageQuery,
        siteId: t.Optional(Id("Only of receipts of this site")),
        receiptId: t.Optional(Id("Only of this receipt")),
      }),
      response: responses({ 200: "PriceCorrectionPage" }, "query"),
      detail: needs(
        operation("listPriceCorrections", "Stock", "List price corrections, newest first"),
        "stock.read",
        "costs.read",
      ),
    })
    .get("/:id", async ({ ctx, params }) => read.getPriceCorrection(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "PriceCorrection" }, "not_found"),
      detail: needs(
        operation("getPriceCorrection", "Stock", "Read a price correction"),
        "stock.read",
        "costs.read",
      ),
    })
    .get(
      "/:id/layers",
      async ({ ctx, params, query }) => read.listCorrectedLayers(ctx, { ...query, ...params }),
      {
        params: idParams,
        query: t.Object(pageQuery),
        response: responses({ 200: "CorrectedLayerPage" }, "query", "not_found"),
        detail: needs(
          operation("listCorrectedLayers", "Stock", "List what stayed in stock, by layer"),
          "stock.read",
          "costs.read",
        ),
      },
    )
    .get(
      "/:id/costs",
      async ({ ctx, params, query }) => read.listCostAdjustments(ctx, { ...query, ...params }),
      {
        params: idParams,
        query: t.Object({
          ...pageQuery,
          kind: t.Optional(Word(costKinds, "Only costs of this kind")),
        }),
        response: responses({ 200: "CostAdjustmentPage" }, "query", "not_found"),
        detail: needs(
          operation("listCostAdjustments", "Stock", "List whose cost changed afterwards"),
          "stock.read",
          "costs.read",
        ),
      },
    );

/** What stands below a receipt. */
export const receiptCorrectionRoutes = (app: App) =>
  new Elysia({
    name: "receipt-price-corrections",
    prefix: "/receipts/:id/price-corrections",
    normalize: false,
  })
    .use(http(app))
    .model({ NewPriceCorrection, PriceCorrection })
    .post(
      "",
      async ({ ctx, params, body, request, set }) => {
        const key = idempotencyKey(request);
        const corrected = correctPrices(ctx, { receiptId: params.id, key, input: body });
        return commanded(set, "/price-corrections", corrected);
      },
      {
        params: idParams,
        parse: "json",
        body: "NewPriceCorrection",
        response: responses({ 201: "PriceCorrection" }, "body", "key", "not_found"),
        detail: needs(
          keyed(
            operation(
              "correctPrices",
              "Stock",
              "Correct what a receipt cost",
              "The difference follows the goods: what is on hand, sold, wasted or made into others.",
            ),
          ),
          "stock.correct_price",
          "costs.read",
        ),
      },
    );
