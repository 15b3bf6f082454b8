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
import { Id } from "#platform/schema.ts";
import {
  NewRecipe,
  Recipe,
  RecipePage,
  RecipePatch,
  RecipeVersion,
  RecipeVersionPage,
} from "../model/recipe.ts";
import * as read from "../service/read.ts";
import * as write from "../service/write.ts";

const versionParams = t.Object({
  id: Id("The recipe"),
  version: t.Integer({ minimum: 1, maximum: 2_147_483_647, description: "Which version" }),
});

export const recipeRoutes = (app: App) =>
  new Elysia({ name: "recipes", prefix: "/recipes", normalize: false })
    .use(http(app))
    .model({ NewRecipe, Recipe, RecipePage, RecipePatch, RecipeVersion, RecipeVersionPage })
    .post(
      "",
      async ({ ctx, body, set }) => created(set, "/recipes", write.createRecipe(ctx, body)),
      {
        parse: "json",
        body: "NewRecipe",
        response: responses({ 201: "Recipe" }, "body", "conflict"),
        detail: needsEverywhere(
          operation("createRecipe", "Recipes", "Write a recipe"),
          "recipes.change",
        ),
      },
    )
    .get("", async ({ ctx, query }) => read.listRecipes(ctx, query), {
      query: t.Object({
        ...pageQuery,
        ...archivedQuery,
        itemId: t.Optional(Id("Only of this item")),
      }),
      response: responses({ 200: "RecipePage" }, "query"),
      detail: needs(operation("listRecipes", "Recipes", "List recipes"), "recipes.read"),
    })
    .get("/:id", async ({ ctx, params, set }) => versioned(set, read.getRecipe(ctx, params.id)), {
      params: idParams,
      response: responses({ 200: "Recipe" }, "not_found"),
      detail: needs(operation("getRecipe", "Recipes", "Read a recipe"), "recipes.read"),
    })
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) =>
        versioned(set, write.changeRecipe(ctx, { id, version: ifMatch(request), patch: body })),
      {
        parse: "json",
        params: idParams,
        body: "RecipePatch",
        response: responses({ 200: "Recipe" }, "body", "version", "not_found", "conflict"),
        detail: needsEverywhere(
          operation("changeRecipe", "Recipes", "Write a new version of a recipe"),
          "recipes.change",
        ),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, request, set }) =>
        noContent(set, write.archiveRecipe(ctx, { id, version: ifMatch(request) })),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "version", "not_found", "conflict"),
        detail: needsEverywhere(
          operation("archiveRecipe", "Recipes", "Take a recipe out of use"),
          "recipes.change",
        ),
      },
    )
    .get(
      "/:id/versions",
      async ({ ctx, params: { id }, query }) =>
        read.listRecipeVersions(ctx, { recipeId: id, ...query }),
      {
        params: idParams,
        query: t.Object(pageQuery),
        response: responses({ 200: "RecipeVersionPage" }, "query", "not_found"),
        detail: needs(
          operation("listRecipeVersions", "Recipes", "List the versions of a recipe"),
          "recipes.read",
        ),
      },
    )
    .get(
      "/:id/versions/:version",
      async ({ ctx, params: { id, version } }) =>
        read.getRecipeVersion(ctx, { recipeId: id, version }),
      {
        params: versionParams,
        response: responses({ 200: "RecipeVersion" }, "not_found"),
        detail: needs(
          operation("getRecipeVersion", "Recipes", "Read a version of a recipe"),
          "recipes.read",
        ),
      },
    );
