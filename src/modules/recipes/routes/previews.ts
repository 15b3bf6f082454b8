import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams } from "#platform/http/query.ts";
import { needs, operation, responses } from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import { RecipeAllergens, RecipeCanMake, RecipeCost, RecipeScale } from "../model/preview.ts";
import * as preview from "../service/preview.ts";
import { getRecipeAllergens } from "../service/read.ts";

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
        detail: needs(
          operation("scaleRecipe", "Recipes", "Scale a recipe to a wanted output"),
          "recipes.read",
        ),
      },
    )
    .get(
      "/:id/cost",
      async ({ ctx, params: { id }, query }) => preview.costRecipe(ctx, { recipeId: id, ...query }),
      {
        params: idParams,
        query: t.Object({ ...stockQuery, ...outputQuery, ...versionQuery }),
        response: responses({ 200: "RecipeCost" }, "query", "not_found"),
        detail: needs(
          operation("costRecipe", "Recipes", "What the next run would cost now"),
          "recipes.read",
          "costs.read",
        ),
      },
    )
    .get(
      "/:id/can-make",
      async ({ ctx, params: { id }, query }) => preview.canMake(ctx, { recipeId: id, ...query }),
      {
        params: idParams,
        query: t.Object({ ...stockQuery, ...versionQuery }),
        response: responses({ 200: "RecipeCanMake" }, "query", "not_found"),
        detail: needs(
          operation("canMake", "Recipes", "The most that stock allows to make"),
          "recipes.read",
          "stock.read",
        ),
      },
    )
    .get(
      "/:id/allergens",
      async ({ ctx, params: { id }, query }) => getRecipeAllergens(ctx, { recipeId: id, ...query }),
      {
        params: idParams,
        query: t.Object(versionQuery),
        response: responses({ 200: "RecipeAllergens" }, "query", "not_found"),
        detail: needs(
          operation("getRecipeAllergens", "Recipes", "The allergens of what a recipe makes"),
          "recipes.read",
        ),
      },
    );
