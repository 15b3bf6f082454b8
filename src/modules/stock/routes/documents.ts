import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { commanded, idempotencyKey } from "#platform/http/replies.ts";
import { keyed, needs, operation, responses } from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import { Count, CountPage, NewCount } from "../model/count.ts";
import { NewReversal } from "../model/document.ts";
import { NewReceipt, NewReceiptReversal, Receipt, ReceiptPage } from "../model/receipt.ts";
import { NewWaste, Waste, WastePage } from "../model/waste.ts";
import * as read from "../service/read-documents.ts";
import { recordCount } from "../service/record-count.ts";
import { recordReceipt } from "../service/record-receipt.ts";
import { recordWaste } from "../service/record-waste.ts";
import { reverseCount, reverseWaste } from "../service/reverse-document.ts";
import { reverseReceipt } from "../service/reverse-receipt.ts";

const ofSite = { siteId: t.Optional(Id("Only of this site")) };

export const receiptRoutes = (app: App) =>
  new Elysia({ name: "receipts", prefix: "/receipts", normalize: false })
    .use(http(app))
    .model({ NewReceipt, NewReceiptReversal, Receipt, ReceiptPage })
    .post(
      "",
      async ({ ctx, body, request, set }) =>
        commanded(set, "/receipts", recordReceipt(ctx, idempotencyKey(request), body)),
      {
        parse: "json",
        body: "NewReceipt",
        response: responses({ 201: "Receipt" }, "body", "key"),
        detail: needs(
          keyed(operation("recordReceipt", "Stock", "Put a delivery on the books")),
          "stock.receive",
        ),
      },
    )
    .get("", async ({ ctx, query }) => read.listReceipts(ctx, query), {
      query: t.Object({
        ...pageQuery,
        ...ofSite,
        supplierId: t.Optional(Id("Only of this supplier")),
      }),
      response: responses({ 200: "ReceiptPage" }, "query"),
      detail: needs(
        operation("listReceipts", "Stock", "List receipts, newest first"),
        "stock.read",
      ),
    })
    .get("/:id", async ({ ctx, params }) => read.getReceipt(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Receipt" }, "not_found"),
      detail: needs(operation("getReceipt", "Stock", "Read a receipt"), "stock.read"),
    })
    .post(
      "/:id/reverse",
      async ({ ctx, params, body, request, set }) => {
        const key = idempotencyKey(request);
        const reversing = reverseReceipt(ctx, { ...body, receiptId: params.id, key });
        return commanded(set, "/receipts", reversing);
      },
      {
        parse: "json",
        params: idParams,
        body: "NewReceiptReversal",
        response: responses({ 200: "Receipt" }, "body", "key", "not_found"),
        detail: needs(
          keyed(
            operation(
              "reverseReceipt",
              "Stock",
              "Take back what remains of a receipt",
              "All that remains where it came to, or a part of it; again until nothing is left.",
            ),
          ),
          "stock.reverse",
        ),
      },
    );

export const wasteRoutes = (app: App) =>
  new Elysia({ name: "waste", prefix: "/stock/waste", normalize: false })
    .use(http(app))
    .model({ NewWaste, NewReversal, Waste, WastePage })
    .post(
      "",
      async ({ ctx, body, request, set }) =>
        commanded(set, "/stock/waste", recordWaste(ctx, idempotencyKey(request), body)),
      {
        parse: "json",
        body: "NewWaste",
        response: responses({ 201: "Waste" }, "body", "key"),
        detail: needs(keyed(operation("recordWaste", "Stock", "Write stock off")), "stock.waste"),
      },
    )
    .get("", async ({ ctx, query }) => read.listWastes(ctx, query), {
      query: t.Object({ ...pageQuery, ...ofSite }),
      response: responses({ 200: "WastePage" }, "query"),
      detail: needs(operation("listWaste", "Stock", "List waste, newest first"), "stock.read"),
    })
    .get("/:id", async ({ ctx, params }) => read.getWaste(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Waste" }, "not_found"),
      detail: needs(operation("getWaste", "Stock", "Read a record of waste"), "stock.read"),
    })
    .post(
      "/:id/reverse",
      async ({ ctx, params, body, request, set }) => {
        const key = idempotencyKey(request);
        const reversing = reverseWaste(ctx, { ...body, documentId: params.id, key });
        return commanded(set, "/stock/waste", reversing);
      },
      {
        parse: "json",
        params: idParams,
        body: "NewReversal",
        response: responses({ 200: "Waste" }, "body", "key", "not_found"),
        detail: needs(
          keyed(
            operation(
              "reverseWaste",
              "Stock",
              "Reverse a record of waste",
              "All of it goes back to its own layers. Once.",
            ),
          ),
          "stock.reverse",
        ),
      },
    );

export const countRoutes = (app: App) =>
  new Elysia({ name: "counts", prefix: "/stock/counts", normalize: false })
    .use(http(app))
    .model({ NewCount, NewReversal, Count, CountPage })
    .post(
      "",
      async ({ ctx, body, request, set }) =>
        commanded(set, "/stock/counts", recordCount(ctx, idempotencyKey(request), body)),
      {
        parse: "json",
        body: "NewCount",
        response: responses({ 201: "Count" }, "body", "key"),
        detail: needs(
          keyed(
            operation(
              "recordCount",
              "Stock",
              "Write down what was found",
              "The books take the difference at count time; what was recorded since stays true.",
            ),
          ),
          "stock.count",
        ),
      },
    )
    .get("", async ({ ctx, query }) => read.listCounts(ctx, query), {
      query: t.Object({ ...pageQuery, ...ofSite }),
      response: responses({ 200: "CountPage" }, "query"),
      detail: needs(operation("listCounts", "Stock", "List counts, newest first"), "stock.read"),
    })
    .get("/:id", async ({ ctx, params }) => read.getCount(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Count" }, "not_found"),
      detail: needs(operation("getCount", "Stock", "Read a count"), "stock.read"),
    })
    .post(
      "/:id/reverse",
      async ({ ctx, params, body, request, set }) => {
        const key = idempotencyKey(request);
        const reversing = reverseCount(ctx, { ...body, documentId: params.id, key });
        return commanded(set, "/stock/counts", reversing);
      },
      {
        parse: "json",
        params: idParams,
        body: "NewReversal",
        response: responses({ 200: "Count" }, "body", "key", "not_found"),
        detail: needs(
          keyed(
            operation(
              "reverseCount",
              "Stock",
              "Reverse a count whose gains are whole",
              "Losses go back to their own layers, gains leave again; what they had settled is open.",
            ),
          ),
          "stock.reverse",
        ),
      },
    );
