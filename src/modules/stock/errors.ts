import { AppError, type FieldProblem, invalidField } from "#platform/errors.ts";

/** Not enough that may be taken; one entry an item, at its first line. */
export const stockShort = (errors: readonly FieldProblem[]) =>
  new AppError("conflict", "stock.short", "There is not enough stock for this.", { errors });

export const stockNotWhole = () =>
  new AppError("conflict", "stock.not_whole", "Some of it has been used, so it cannot be undone.");

export const momentOutOfWindow = (pointer: string) => {
  const text = "This time is more than 7 days ago or more than 5 minutes ahead.";
  return invalidField(pointer, "stock.moment", text);
};

export const itemUnknown = (pointer: string) =>
  invalidField(pointer, "stock.item", "There is no such item in use.");

export const itemNotStocked = (pointer: string) =>
  invalidField(pointer, "stock.not_stocked", "This item is not kept in stock.");

export const lotUnknown = (pointer: string) =>
  invalidField(pointer, "stock.lot", "There is no such lot of this item.");

export const countedTwice = (pointer: string) =>
  invalidField(pointer, "stock.counted_twice", "This item is counted in a line before.");

export const lotNotFound = () =>
  new AppError("not_found", "stock.lot_not_found", "There is no such lot.");

export const documentNotFound = () =>
  new AppError("not_found", "stock.document_not_found", "There is no such document.");

export const documentIdTaken = (cause: unknown) =>
  new AppError("conflict", "stock.id_taken", "This id is in use.", { cause });

export const amountTooFine = (pointer: string, digits: number) =>
  invalidField(pointer, "stock.amount", `The currency has ${digits} decimals.`);
