import { AppError, invalidField } from "#platform/errors.ts";

export const runNotFound = () =>
  new AppError("not_found", "production.not_found", "There is no such run.");

export const runIdTaken = (cause: unknown) =>
  new AppError("conflict", "production.id_taken", "This id is in use.", { cause });

export const runReversed = () =>
  new AppError("conflict", "production.reversed", "The run is reversed already.");

export const outputNotStocked = () => {
  const text = "What this recipe makes is archived or not kept in stock.";
  return invalidField("/recipeId", "production.not_stocked", text);
};

export const itemNotStocked = (pointer: string) => {
  const text = "There is no such item that is kept in stock.";
  return invalidField(pointer, "production.item", text);
};

export const itemTwice = (pointer: string) =>
  invalidField(pointer, "production.item_twice", "Name each item once.");

export const byProductIsOutput = (pointer: string) => {
  const text = "What the recipe makes is not its own by-product.";
  return invalidField(pointer, "production.by_product", text);
};

export const byProductsTooDear = () => {
  const text = "The by-products are worth more than the whole run cost.";
  return invalidField("/byProducts", "production.by_products_value", text);
};

export const costTooLarge = () =>
  invalidField("", "production.cost", "The run costs more than the books can hold.");
