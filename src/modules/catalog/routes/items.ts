import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { keptReply, versionedReply } from "#platform/http/conditional.ts";
import { http } from "#platform/http/plugin.ts";
import { archivedQuery, idParams, pageQuery } from "#platform/http/query.ts";
import { created, ifMatch, noContent, versioned } from "#platform/http/replies.ts";
import {
  NoContent,
  NotModified,
  needs,
  needsEverywhere,
  operation,
  responses,
} from "#platform/http/responses.ts";
import { Id, Word } from "#platform/schema.ts";
import { Item, ItemPage, ItemPatch, NewItem } from "../model/items.ts";
import * as items from "../service/items.ts";
import { replays } from "./replays.ts";

const itemQuery = t.Object({
  ...pageQuery,
  ...archivedQuery,
  kind: t.Optional(Word(["material", "product"], "Only of this kind")),
  categoryId: t.Optional(Id("Only of this category")),
  barcode: t.Optional(t.String({ minLength: 1, maxLength: 64, description: "Only this barcode" })),
});

export const itemRoutes = (app: App) =>
  new Elysia({ name: "items", prefix: "/items", normalize: false })
    .use(http(app))
    .model({ NewItem, Item, ItemPage, ItemPatch })
    .post("", async ({ ctx, body, set }) => created(set, "/items", items.createItem(ctx, body)), {
      parse: "json",
      body: "NewItem",
      response: responses({ 201: "Item" }, "body", "conflict"),
      detail: needsEverywhere(
        operation("createItem", "Catalog", "Add a material or a product", replays),
        "catalog.change",
      ),
    })
    .get("", async ({ ctx, query, request }) => keptReply(request, items.listItems(ctx, query)), {
      query: itemQuery,
      response: responses({ 200: "ItemPage", 304: NotModified }, "query"),
      detail: needs(operation("listItems", "Catalog", "List items"), "catalog.read"),
    })
    .get(
      "/:id",
      async ({ ctx, params, request, set }) =>
        versionedReply(request, set, items.getItem(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 200: "Item", 304: NotModified }, "not_found"),
        detail: needs(operation("getItem", "Catalog", "Read an item"), "catalog.read"),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) =>
        versioned(set, items.changeItem(ctx, { id, version: ifMatch(request), patch: body })),
      {
        parse: "json",
        params: idParams,
        body: "ItemPatch",
        response: responses({ 200: "Item" }, "body", "version", "not_found", "conflict"),
        detail: needsEverywhere(
          operation("changeItem", "Catalog", "Change an item"),
          "catalog.change",
        ),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, request, set }) =>
        noContent(set, items.archiveItem(ctx, { id, version: ifMatch(request) })),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "version", "not_found", "conflict"),
        detail: needsEverywhere(
          operation("archiveItem", "Catalog", "Take an item out of use"),
          "catalog.change",
        ),
      },
    );
