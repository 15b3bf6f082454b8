import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { commanded, idempotencyKey } from "#platform/http/replies.ts";
import { keyed, needs, operation, responses } from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import { NewTransfer, Transfer, TransferPage } from "../model/transfer.ts";
import * as read from "../service/read-documents.ts";
import { transferStock } from "../service/transfer.ts";

export const transferRoutes = (app: App) =>
  new Elysia({ name: "transfers", prefix: "/transfers", normalize: false })
    .use(http(app))
    .model({ NewTransfer, Transfer, TransferPage })
    .post(
      "",
      async ({ ctx, body, request, set }) =>
        commanded(set, "/transfers", transferStock(ctx, idempotencyKey(request), body)),
      {
        parse: "json",
        body: "NewTransfer",
        response: responses({ 201: "Transfer" }, "body", "key"),
        detail: needs(
          keyed(
            operation(
              "transferStock",
              "Stock",
              "Carry stock to another site",
              "Lots, value and age go with it; what the other site had sold of it is settled.",
            ),
          ),
          "stock.transfer",
        ),
      },
    )
    .get("", async ({ ctx, query }) => read.listTransfers(ctx, query), {
      query: t.Object({
        ...pageQuery,
        fromSiteId: t.Optional(Id("Only from this site")),
        toSiteId: t.Optional(Id("Only to this site")),
        siteId: t.Optional(Id("Only from or to this site")),
      }),
      response: responses({ 200: "TransferPage" }, "query"),
      detail: needs(
        operation("listTransfers", "Stock", "List transfers, newest first"),
        "stock.read",
      ),
    })
    .get("/:id", async ({ ctx, params }) => read.getTransfer(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Transfer" }, "not_found"),
      detail: needs(operation("getTransfer", "Stock", "Read a transfer"), "stock.read"),
    });
