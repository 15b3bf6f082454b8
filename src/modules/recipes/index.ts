export {
  outputTooLarge,
  outputTooSmall,
  recipeUnknown,
  unmakeable,
  versionUnknown,
} from "./errors.ts";
export type { NewRecipe } from "./model/recipe.ts";
export { type Plan, type PlanLine, planOutput } from "./rules/plan.ts";
export { MICROS_MAX, type Micros, microsOf, microsText, ratioText } from "./rules/ratio.ts";
export { explodeOrders } from "./service/orders.ts";
export { labourCost } from "./service/preview.ts";
export { type RecipeTree, readRecipeTree, stockingIn } from "./service/tree.ts";
export { addRecipe, createRecipe } from "./service/write.ts";
