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
  new AppError("conflict", "sales.history", "Imported history is not voided or refunded.");

export const alreadyRefunded = () =>
  new AppError("conflict", "sales.refunded", "Part of this sale is refunded, so it is not voided.");

export const refundNotFound = () =>
  new AppError("not_found", "sales.refund_not_found", "There is no such refund.");

export const lineUnknown = (line: number) =>
  invalidField(`/lines/${line}/lineId`, "sales.line", "The sale has no such line.");

export const lineTwice = (line: number) => {
  const text = "This line is in the refund already.";
  return invalidField(`/lines/${line}/lineId`, "sales.line_twice", text);
};

export const refundTooMuch = (line: number, left: string) => {
  const [code, message] = ["sales.refund_too_much", `Only ${left} of this line can be given back.`];
  const errors = [{ pointer: `/lines/${line}/quantity`, code, message }];
  return new AppError("conflict", code, "This is more than is left of the sale.", { errors });
};

export const notRestockable = (line: number) => {
  const code = "sales.not_restockable";
  const message = "What was made to order or has expired does not go back to the shelf.";
  const errors = [{ pointer: `/lines/${line}/disposition`, code, message }];
  return new AppError("conflict", code, message, { errors });
};

export const refundPaymentsDiffer = (total: string) =>
  invalidField("/payments", "sales.refund_payments", `The payments must add up to ${total}.`);
