import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { archivedQuery, idParams, pageQuery } from "#platform/http/query.ts";
import { created, ifMatch, noContent, versioned } from "#platform/http/replies.ts";
import {
  NoContent,
  needs,
  needsEverywhere,
  operation,
  responses,
} from "#platform/http/responses.ts";
import { Category, CategoryPage, CategoryPatch, NewCategory } from "../model/items.ts";
import * as categories from "../service/categories.ts";
import { replays } from "./replays.ts";

export const categoryRoutes = (app: App) =>
  new Elysia({ name: "categories", prefix: "/categories", normalize: false })
    .use(http(app))
    .model({ NewCategory, Category, CategoryPage, CategoryPatch })
    .post(
      "",
      async ({ ctx, body, set }) =>
        created(set, "/categories", categories.createCategory(ctx, body)),
      {
        parse: "json",
        body: "NewCategory",
        response: responses({ 201: "Category" }, "body", "conflict"),
        detail: needsEverywhere(
          operation("createCategory", "Catalog", "Add a category", replays),
          "catalog.change",
        ),
      },
    )
    .get("", async ({ ctx, query }) => categories.listCategories(ctx, query), {
      query: t.Object({ ...pageQuery, ...archivedQuery }),
      response: responses({ 200: "CategoryPage" }, "query"),
      detail: needs(operation("listCategories", "Catalog", "List categories"), "catalog.read"),
    })
    .get(
      "/:id",
      async ({ ctx, params, set }) => versioned(set, categories.getCategory(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 200: "Category" }, "not_found"),
        detail: needs(operation("getCategory", "Catalog", "Read a category"), "catalog.read"),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) =>
        versioned(
          set,
          categories.changeCategory(ctx, { id, version: ifMatch(request), patch: body }),
        ),
      {
        parse: "json",
        params: idParams,
        body: "CategoryPatch",
        response: responses({ 200: "Category" }, "body", "version", "not_found", "conflict"),
        detail: needsEverywhere(
          operation("changeCategory", "Catalog", "Change a category"),
          "catalog.change",
        ),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, request, set }) =>
        noContent(set, categories.archiveCategory(ctx, { id, version: ifMatch(request) })),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "version", "not_found", "conflict"),
        detail: needsEverywhere(
          operation("archiveCategory", "Catalog", "Take a category out of use"),
          "catalog.change",
        ),
      },
    );
