import { AppError, invalidField } from "#platform/errors.ts";

export const importNotFound = () =>
  new AppError("not_found", "imports.not_found", "There is no such import.");

export const notBakeryData = () => {
  const text = "This is no bakery_data.json: it has no materials, recipes, products or sales.";
  return invalidField("/content", "imports.format", text);
};

export const tooManyRecords = (section: string, max: number) => {
  const text = `There are more than ${max} ${section}: bring them in by several files.`;
  return invalidField(`/content/${section}`, "imports.too_many", text);
};
