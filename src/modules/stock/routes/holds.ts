import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { commanded, idempotencyKey } from "#platform/http/replies.ts";
import { keyed, needs, operation, responses } from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import { Hold, HoldPage, NewHold, NewRelease } from "../model/hold.ts";
import { holdLot, releaseLot } from "../service/hold-lot.ts";
import * as read from "../service/read.ts";

export const holdRoutes = (app: App) =>
  new Elysia({ name: "holds", prefix: "/stock", normalize: false })
    .use(http(app))
    .model({ NewHold, NewRelease, Hold, HoldPage })
    .post(
      "/lots/:id/hold",
      async ({ ctx, params, body, request, set }) => {
        const held = { lotId: params.id, key: idempotencyKey(request), input: body };
        return commanded(set, "/stock/holds", holdLot(ctx, held));
      },
      {
        parse: "json",
        params: idParams,
        body: "NewHold",
        response: responses({ 201: "Hold" }, "body", "key", "not_found"),
        detail: needs(
          keyed(
            operation(
              "holdLot",
              "Stock",
              "Hold a lot",
              "It and all that holds some of it is not sold or used from then on, at every site.",
            ),
          ),
          "stock.hold",
        ),
      },
    )
    .post(
      "/lots/:id/release",
      async ({ ctx, params, body, request, set }) => {
        const released = { lotId: params.id, key: idempotencyKey(request), input: body };
        return commanded(set, "/stock/holds", releaseLot(ctx, released));
      },
      {
        parse: "json",
        params: idParams,
        body: "NewRelease",
        response: responses({ 200: "Hold" }, "body", "key", "not_found"),
        detail: needs(
          keyed(
            operation(
              "releaseLot",
              "Stock",
              "End the hold put on a lot",
              "What another hold stops stays held.",
            ),
          ),
          "stock.hold",
        ),
      },
    )
    .get("/holds", async ({ ctx, query }) => read.listHolds(ctx, query), {
      query: t.Object({
        ...pageQuery,
        lotId: t.Optional(Id("Only those put on this lot")),
        active: t.Optional(
          t.BooleanString({ description: "Only those not released, or released" }),
        ),
      }),
      response: responses({ 200: "HoldPage" }, "query"),
      detail: needs(operation("listHolds", "Stock", "List holds, newest first"), "stock.read"),
    })
    .get("/holds/:id", async ({ ctx, params }) => read.getHold(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Hold" }, "not_found"),
      detail: needs(operation("getHold", "Stock", "Read a hold"), "stock.read"),
    });
