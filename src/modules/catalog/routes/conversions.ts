import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { created, noContent } from "#platform/http/replies.ts";
import {
  NoContent,
  needs,
  needsEverywhere,
  operation,
  responses,
} from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import { Conversion, ConversionPage, NewConversion } from "../model/items.ts";
import * as conversions from "../service/conversions.ts";
import { replays } from "./replays.ts";

const conversionParams = t.Object({
  id: Id("The item's id"),
  conversionId: Id("The conversion's id"),
});

export const conversionRoutes = (app: App) =>
  new Elysia({ name: "conversions", prefix: "/items/:id/conversions", normalize: false })
    .use(http(app))
    .model({ NewConversion, Conversion, ConversionPage })
    .post(
      "",
      async ({ ctx, params: { id: itemId }, body, set }) =>
        created(
          set,
          `/items/${itemId}/conversions`,
          conversions.createConversion(ctx, { ...body, itemId }),
        ),
      {
        parse: "json",
        params: idParams,
        body: "NewConversion",
        response: responses({ 201: "Conversion" }, "body", "not_found", "conflict"),
        detail: needsEverywhere(
          operation("createConversion", "Catalog", "Add a pack to an item", replays),
          "catalog.change",
        ),
      },
    )
    .get(
      "",
      async ({ ctx, params: { id: itemId }, query }) =>
        conversions.listConversions(ctx, { ...query, itemId }),
      {
        params: idParams,
        query: t.Object({ ...pageQuery }),
        response: responses({ 200: "ConversionPage" }, "query", "not_found"),
        detail: needs(
          operation("listConversions", "Catalog", "List an item's conversions"),
          "catalog.read",
        ),
      },
    )
    .get(
      "/:conversionId",
      async ({ ctx, params: { id: itemId, conversionId } }) =>
        conversions.getConversion(ctx, { itemId, id: conversionId }),
      {
        params: conversionParams,
        response: responses({ 200: "Conversion" }, "not_found"),
        detail: needs(operation("getConversion", "Catalog", "Read a conversion"), "catalog.read"),
      },
    )
    .delete(
      "/:conversionId",
      async ({ ctx, params: { id: itemId, conversionId }, set }) =>
        noContent(set, conversions.deleteConversion(ctx, { itemId, id: conversionId })),
      {
        params: conversionParams,
        response: responses({ 204: NoContent }, "not_found"),
        detail: needsEverywhere(
          operation("deleteConversion", "Catalog", "Delete a conversion"),
          "catalog.change",
        ),
      },
    );
