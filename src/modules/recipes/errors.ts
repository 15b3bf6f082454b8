import { AppError, invalidField } from "#platform/errors.ts";

export const recipeNotFound = () =>
  new AppError("not_found", "recipes.not_found", "There is no such recipe.");

export const versionNotFound = () =>
  new AppError("not_found", "recipes.version_not_found", "The recipe has no such version.");

/** For commands that name a recipe: missing and archived ones look the same. */
export const recipeUnknown = () =>
  invalidField("/recipeId", "recipes.unknown", "There is no such recipe in use.");

/** For commands that name a version. */
export const versionUnknown = () =>
  invalidField("/version", "recipes.version_unknown", "The recipe has no such version.");

export const recipeStale = () =>
  new AppError("stale", "recipes.stale", "The recipe was changed meanwhile. Read it again.");

export const recipeArchived = () =>
  new AppError("conflict", "recipes.archived", "The recipe is archived.");

export const recipeExists = () => {
  const text = "The item has a recipe in use. Change that one, or archive it first.";
  return new AppError("conflict", "recipes.exists", text);
};

export const recipeIdTaken = () =>
  new AppError("conflict", "recipes.id_taken", "This id is in use.");

export const recipeCycle = () => {
  const text = "The item would be made of itself, directly or through other recipes.";
  return new AppError("conflict", "recipes.cycle", text);
};

export const recipeTooDeep = (max: number) => {
  const text = `Recipes would be nested more than ${max} deep.`;
  return new AppError("conflict", "recipes.too_deep", text);
};

export const itemUnknown = (pointer: string) =>
  invalidField(pointer, "recipes.item", "There is no such item in use.");

export const yieldHasNoWeight = (pointer: string, cause: unknown) => {
  const message =
    "A recipe by percentages needs the weight of what it yields: set the piece weight.";
  const errors = [{ pointer, code: "recipes.yield_weight", message }];
  return new AppError("invalid", "recipes.yield_weight", message, { errors, cause });
};

export const flourNotWhole = () => {
  const text = "Percentages are of the flour: the ingredients with flour must add up to 100.";
  return invalidField("/ingredients", "recipes.flour", text);
};

export const lossTooLarge = (pointer: string) =>
  invalidField(pointer, "recipes.loss", "A loss is a fraction below 1.");

/** An ingredient of what is wanted has more digits than a quantity; `pointer` is the input's. */
export const outputTooLarge = (pointer: string) =>
  invalidField(pointer, "recipes.too_large", "So much of an ingredient does not fit the books.");

/** An ingredient of what is wanted rounds to 0; `pointer` is the input's. */
export const outputTooSmall = (pointer: string) => {
  const text = "This needs less of an ingredient than the smallest part that is kept.";
  return invalidField(pointer, "recipes.too_small", text);
};

/** Made to order, but nobody wrote down how. */
export const unmakeable = (pointer: string) =>
  invalidField(pointer, "recipes.unmakeable", "An item made to order in it has no recipe.");
