import { AppError, invalidField } from "#platform/errors.ts";

export const saleNotFound = () =>
  new AppError("not_found", "sales.not_found", "There is no such sale.");

export const saleIdTaken = (cause: unknown) =>
  new AppError("conflict", "sales.id_taken", "This id is in use.", { cause });

export const soldAtOutOfWindow = () => {
  const text = "This time is more than 7 days ago or more than 5 minutes ahead.";
  return invalidField("/soldAt", "sales.moment", text);
};

export const recordNeedsTill = () =>
  invalidField("/onShort", "sales.needs_till", "Only a till sells what is not on the books.");

export const itemUnknown = (line: number) =>
  invalidField(`/lines/${line}/itemId`, "sales.item", "There is no such item in use.");

export const itemHasNoPrice = (line: number) =>
  invalidField(`/lines/${line}/unitPrice`, "sales.no_price", "The item has no price; send one.");

export const taxRateMissing = (line: number) => {
  const text = "The item's tax code has no rate on this business date.";
  return invalidField(`/lines/${line}/itemId`, "sales.no_tax_rate", text);
};

export const amountTooFine = (pointer: string, digits: number) =>
  invalidField(pointer, "sales.amount", `The currency has ${digits} decimals.`);

export const amountTooLarge = (pointer: string) =>
  invalidField(pointer, "sales.too_large", "This is more money than a document can hold.");

export const discountTooLarge = (pointer: string) =>
  invalidField(pointer, "sales.discount", "The discount is more than there is to pay.");

export const underpaid = (missing: string) =>
  invalidField("/payments", "sales.underpaid", `The payments are ${missing} short of the total.`);

export const overpaid = () => {
  const text = "Only cash gives change: the other payments are more than the total.";
  return invalidField("/payments", "sales.overpaid", text);
};

export const voidTooLate = () =>
  new AppError(
    "conflict",
    "sales.void_too_late",
    "A sale is voided on its own business date only.",
  );

export const alreadyVoided = () => new AppError("conflict", "sales.voided", "This sale is voided.");

export const historyIsFixed = () =>
  new AppError("conflict", "sales.history", "Imported history cannot be voided.");
