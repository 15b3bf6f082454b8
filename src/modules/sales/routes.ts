import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { commanded, idempotencyKey, versioned } from "#platform/http/replies.ts";
import { keyed, operation, responses } from "#platform/http/responses.ts";
import { DateOnly, Id } from "#platform/schema.ts";
import { NewSale, NewVoid, Sale, SalePage } from "./model.ts";
import { getSale, listSales } from "./service/read.ts";
import { ringUpSale } from "./service/ring-up.ts";
import { voidSale } from "./service/void.ts";

export const saleRoutes = (app: App) =>
  new Elysia({ name: "sales", prefix: "/sales", normalize: false })
    .use(http(app))
    .model({ NewSale, Sale, SalePage, NewVoid })
    .post("", async ({ ctx, body, set }) => commanded(set, "/sales", ringUpSale(ctx, body)), {
      parse: "json",
      body: "NewSale",
      response: responses({ 201: "Sale" }, "body", "key"),
      detail: operation(
        "ringUpSale",
        "Sales",
        "Ring up a sale",
        "Stock, cost, tax, payment and receipt number in one. The sale's id is its idempotency key.",
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
      detail: operation("listSales", "Sales", "List sales, newest business date first"),
    })
    .get("/:id", async ({ ctx, params, set }) => versioned(set, getSale(ctx, params.id)), {
      params: idParams,
      response: responses({ 200: "Sale" }, "not_found"),
      detail: operation("getSale", "Sales", "Read a sale"),
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
        detail: keyed(operation("voidSale", "Sales", "Void a sale on its own business date")),
      },
    );
