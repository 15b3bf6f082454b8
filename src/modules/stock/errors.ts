import { AppError, type FieldProblem, invalidField } from "#platform/errors.ts";

/** Not enough that may be taken; one entry an item, at its first line. */
export const stockShort = (errors: readonly FieldProblem[]) =>
  new AppError("conflict", "stock.short", "There is not enough stock for this.", { errors });

export const stockNotWhole = () =>
  new AppError("conflict", "stock.not_whole", "Some of it has been used, so it cannot be undone.");

export const documentReversed = () =>
  new AppError("conflict", "stock.reversed", "This is reversed already.");

export const nothingLeft = () =>
  new AppError("conflict", "stock.nothing_left", "Nothing of this receipt is left to go back.");

export const sameSite = (pointer: string) =>
  invalidField(pointer, "stock.same_site", "A transfer goes to another site.");

export const lineUnknown = (pointer: string) =>
  invalidField(pointer, "stock.line", "There is no such line in this receipt.");

export const lineTwice = (pointer: string) =>
  invalidField(pointer, "stock.line_twice", "This line is named before.");

export const momentOutOfWindow = (pointer: string) => {
  const text = "This time is more than 7 days ago or more than 5 minutes ahead.";
  return invalidField(pointer, "stock.moment", text);
};

/** What is dated in a closed period of its site. */
export const periodClosed = (pointer: string) =>
  invalidField(pointer, "stock.period_closed", "This time is in a closed period of the site.");

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

export const holdNotFound = () =>
  new AppError("not_found", "stock.hold_not_found", "There is no such hold.");

export const documentNotFound = () =>
  new AppError("not_found", "stock.document_not_found", "There is no such document.");

export const documentIdTaken = (cause: unknown) =>
  new AppError("conflict", "stock.id_taken", "This id is in use.", { cause });

export const amountTooFine = (pointer: string, digits: number) =>
  invalidField(pointer, "stock.amount", `The currency has ${digits} decimals.`);

export const lotHeld = () =>
  new AppError("conflict", "stock.held", "A hold was put on this lot already.");

export const lotNotHeld = () =>
  new AppError("conflict", "stock.not_held", "No hold was put on this lot.");

export const lotMoving = () =>
  new AppError("conflict", "stock.moving", "This lot is being moved. Try again.", {
    retryAfterSeconds: 1,
  });

export const sameCost = (pointer: string) =>
  invalidField(pointer, "stock.same_cost", "The line costs this already.");

export const correctionBusy = () => {
  const text = "The goods of this receipt are being moved on. Try again.";
  return new AppError("conflict", "stock.correction_busy", text, { retryAfterSeconds: 1 });
};
