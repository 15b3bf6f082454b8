import { AppError, invalidField } from "#platform/errors.ts";

export const importNotFound = () =>
  new AppError("not_found", "import.not_found", "There is no such import.");

export const notBakeryData = () => {
  const text = "This is no bakery_data.json: it has no materials, recipes, products or sales.";
  return invalidField("/content", "import.format", text);
};
