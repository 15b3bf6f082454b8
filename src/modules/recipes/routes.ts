import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { archivedQuery, idParams, pageQuery } from "#platform/http/query.ts";
import { created, ifMatch, noContent, versioned } from "#platform/http/replies.ts";
import { NoContent, operation, responses } from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import { RecipeAllergens, RecipeCanMake, RecipeCost, RecipeScale } from "./model/preview.ts";
import {
  NewRecipe,
  Recipe,
  RecipePage,
  RecipePatch,
  RecipeVersion,
  RecipeVersionPage,
} from "./model/recipe.ts";
import * as preview from "./service/preview.ts";
import * as read from "./service/read.ts";
import * as write from "./service/write.ts";

const positive = "^(?=[0-9.]*[1-9])(0|[1-9]\\d{0,11})(\\.\\d{1,6})?$";
const outputQuery = {
  output: t.Optional(
    t.String({
      pattern: positive,
      description: "Wanted, in the stock unit of what the recipe makes; one yield by default",
      examples: ["50"],
    }),
  ),
};
const versionQuery = {
  version: t.Optional(
    t.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      description: "A version of the recipe; the latest by default",
    }),
  ),
};
const stockQuery = {
  siteId: Id("Where it would be made"),
  explode: t.Optional(
    t.BooleanString({
      default: false,
      description: "Make sub-recipes that are short from their ingredients",
    }),
  ),
};
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
        detail: operation("createRecipe", "Recipes", "Write a recipe"),
      },
    )
    .get("", async ({ ctx, query }) => read.listRecipes(ctx, query), {
      query: t.Object({
        ...pageQuery,
        ...archivedQuery,
        itemId: t.Optional(Id("Only of this item")),
      }),
      response: responses({ 200: "RecipePage" }, "query"),
      detail: operation("listRecipes", "Recipes", "List recipes"),
    })
    .get("/:id", async ({ ctx, params, set }) => versioned(set, read.getRecipe(ctx, params.id)), {
      params: idParams,
      response: responses({ 200: "Recipe" }, "not_found"),
      detail: operation("getRecipe", "Recipes", "Read a recipe"),
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
        detail: operation("changeRecipe", "Recipes", "Write a new version of a recipe"),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, request, set }) =>
        noContent(set, write.archiveRecipe(ctx, { id, version: ifMatch(request) })),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "version", "not_found", "conflict"),
        detail: operation("archiveRecipe", "Recipes", "Take a recipe out of use"),
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
        detail: operation("listRecipeVersions", "Recipes", "List the versions of a recipe"),
      },
    )
    .get(
      "/:id/versions/:version",
      async ({ ctx, params: { id, version } }) =>
        read.getRecipeVersion(ctx, { recipeId: id, version }),
      {
        params: versionParams,
        response: responses({ 200: "RecipeVersion" }, "not_found"),
        detail: operation("getRecipeVersion", "Recipes", "Read a version of a recipe"),
      },
    );

/** What follows from a recipe and, for some, from the stock of a site. */
export const recipePreviewRoutes = (app: App) =>
  new Elysia({ name: "recipe-previews", prefix: "/recipes", normalize: false })
    .use(http(app))
    .model({ RecipeScale, RecipeCost, RecipeCanMake, RecipeAllergens })
    .get(
      "/:id/scale",
      async ({ ctx, params: { id }, query }) =>
        preview.scaleRecipe(ctx, { recipeId: id, ...query }),
      {
        params: idParams,
        query: t.Object({
          ...outputQuery,
          ...versionQuery,
          resolution: t.Optional(
            t.String({
              pattern: positive,
              description: "The step of the scale in g or ml; 1 by default",
              examples: ["5"],
            }),
          ),
        }),
        response: responses({ 200: "RecipeScale" }, "query", "not_found"),
        detail: operation("scaleRecipe", "Recipes", "Scale a recipe to a wanted output"),
      },
    )
    .get(
      "/:id/cost",
      async ({ ctx, params: { id }, query }) => preview.costRecipe(ctx, { recipeId: id, ...query }),
      {
        params: idParams,
        query: t.Object({ ...stockQuery, ...outputQuery, ...versionQuery }),
        response: responses({ 200: "RecipeCost" }, "query", "not_found"),
        detail: operation("costRecipe", "Recipes", "What the next run would cost now"),
      },
    )
    .get(
      "/:id/can-make",
      async ({ ctx, params: { id }, query }) => preview.canMake(ctx, { recipeId: id, ...query }),
      {
        params: idParams,
        query: t.Object({ ...stockQuery, ...versionQuery }),
        response: responses({ 200: "RecipeCanMake" }, "query", "not_found"),
        detail: operation("canMake", "Recipes", "The most that stock allows to make"),
      },
    )
    .get(
      "/:id/allergens",
      async ({ ctx, params: { id }, query }) =>
        read.getRecipeAllergens(ctx, { recipeId: id, ...query }),
      {
        params: idParams,
        query: t.Object(versionQuery),
        response: responses({ 200: "RecipeAllergens" }, "query", "not_found"),
        detail: operation("getRecipeAllergens", "Recipes", "The allergens of what a recipe makes"),
      },
    );
