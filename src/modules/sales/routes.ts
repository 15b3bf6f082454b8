import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { commanded, idempotencyKey, versioned } from "#platform/http/replies.ts";
import { keyed, needs, operation, responses } from "#platform/http/responses.ts";
import { DateOnly, Id } from "#platform/schema.ts";
import { NewRefund, Refund, RefundPage } from "./model/refund.ts";
import { NewSale, NewVoid, Sale, SalePage } from "./model/sale.ts";
import { getRefund, getSale, listRefunds, listRefundsOfSale, listSales } from "./service/read.ts";
import { refundSale } from "./service/refund.ts";
import { ringUpSale } from "./service/ring-up.ts";
import { voidSale } from "./service/void.ts";

export const saleRoutes = (app: App) =>
  new Elysia({ name: "sales", prefix: "/sales", normalize: false })
    .use(http(app))
    .model({ NewSale, Sale, SalePage, NewVoid, NewRefund, Refund, RefundPage })
    .post("", async ({ ctx, body, set }) => commanded(set, "/sales", ringUpSale(ctx, body)), {
      parse: "json",
      body: "NewSale",
      response: responses({ 201: "Sale" }, "body", "key"),
      detail: needs(
        operation(
          "ringUpSale",
          "Sales",
          "Ring up a sale",
          "Stock, cost, tax, payment and receipt number in one. The sale's id is its idempotency key.",
        ),
        "sales.ring_up",
      ),
    })
    .get("", async ({ ctx, query }) => listSales(ctx, query), {
      query: t.Object({
        ...pageQuery,
        siteId: t.Optional(Id("Only of this site")),
        tillId: t.Optional(Id("Only of this till")),
        businessDate: t.Optional(DateOnly("Only of this business date")),
      }),
      response: responses({ 200: "SalePage" }, "query"),
      detail: needs(
        operation("listSales", "Sales", "List sales, newest business date first"),
        "sales.read",
      ),
    })
    .get("/:id", async ({ ctx, params, set }) => versioned(set, getSale(ctx, params.id)), {
      params: idParams,
      response: responses({ 200: "Sale" }, "not_found"),
      detail: needs(operation("getSale", "Sales", "Read a sale"), "sales.read"),
    })
    .post(
      "/:id/void",
      async ({ ctx, params, body, request, set }) => {
        const key = idempotencyKey(request);
        return commanded(set, "/sales", voidSale(ctx, { saleId: params.id, key, ...body }));
      },
      {
        parse: "json",
        params: idParams,
        body: "NewVoid",
        response: responses({ 200: "Sale" }, "body", "key", "not_found"),
        detail: needs(
          keyed(operation("voidSale", "Sales", "Void a sale on its own business date")),
          "sales.void",
        ),
      },
    )
    .post(
      "/:id/refunds",
      async ({ ctx, params, body, request, set }) => {
        const key = idempotencyKey(request);
        return commanded(set, "/refunds", refundSale(ctx, { saleId: params.id, key, input: body }));
      },
      {
        parse: "json",
        params: idParams,
        body: "NewRefund",
        response: responses({ 201: "Refund" }, "body", "key", "not_found"),
        detail: needs(
          keyed(
            operation(
              "refundSale",
              "Sales",
              "Give back part of a sale",
              "Amounts come from the stored lines; the last refund of a line takes what is left.",
            ),
          ),
          "sales.refund",
        ),
      },
    )
    .get(
      "/:id/refunds",
      async ({ ctx, params, query }) => listRefundsOfSale(ctx, { saleId: params.id, ...query }),
      {
        params: idParams,
        query: t.Object(pageQuery),
        response: responses({ 200: "RefundPage" }, "query", "not_found"),
        detail: needs(
          operation("listRefundsOfSale", "Sales", "List the refunds of a sale"),
          "sales.read",
        ),
      },
    );

export const refundRoutes = (app: App) =>
  new Elysia({ name: "refunds", prefix: "/refunds", normalize: false })
    .use(http(app))
    .model({ Refund, RefundPage })
    .get("", async ({ ctx, query }) => listRefunds(ctx, query), {
      query: t.Object({
        ...pageQuery,
        siteId: t.Optional(Id("Only of this site")),
        businessDate: t.Optional(DateOnly("Only of this business date")),
      }),
      response: responses({ 200: "RefundPage" }, "query"),
      detail: needs(
        operation("listRefunds", "Sales", "List refunds, newest business date first"),
        "sales.read",
      ),
    })
    .get("/:id", async ({ ctx, params }) => getRefund(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Refund" }, "not_found"),
      detail: needs(operation("getRefund", "Sales", "Read a refund"), "sales.read"),
    });
