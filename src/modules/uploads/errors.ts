import { AppError, invalidField } from "#platform/errors.ts";

export const uploadNotFound = () =>
  new AppError("not_found", "uploads.not_found", "There is no such upload.");

export const fileNotFound = () =>
  new AppError("not_found", "uploads.no_file", "There is nothing here, or no longer.");

export const contentNotThere = () => {
  const text = "Only an upload that was accepted can be read.";
  return new AppError("conflict", "uploads.not_accepted", text);
};

export const thumbnailNotThere = () =>
  new AppError("not_found", "uploads.no_thumbnail", "This upload has no small picture.");

export const uploadIdTaken = (cause: unknown) =>
  new AppError("conflict", "uploads.id_taken", "This id is in use.", { cause });

export const alreadyReceived = () => {
  const text = "The content has arrived already. Announce another upload for other content.";
  return new AppError("conflict", "uploads.received", text);
};

export const otherLength = (bytes: number) => {
  const text = `The content is not of the ${bytes} bytes that were announced.`;
  return new AppError("invalid", "uploads.bytes_differ", text);
};

export const notGivenUp = () => {
  const text = "Only an import that was given up is tried again. Send what failed otherwise anew.";
  return new AppError("conflict", "uploads.not_given_up", text);
};

export const nameRefused = () => {
  const text = "A file's name has no path, no control character and no dot at its ends.";
  return invalidField("/fileName", "uploads.file_name", text);
};

export const typeRefused = (types: readonly string[]) =>
  invalidField("/contentType", "uploads.content_type", `Of this purpose: ${types.join(", ")}.`);

export const sizeRefused = (bytesMax: number) =>
  invalidField("/bytes", "uploads.bytes", `At most ${bytesMax} bytes of this purpose and type.`);

export const targetMissing = (pointer: string) => {
  const text = "This purpose needs this, and none of the others.";
  return invalidField(pointer, "uploads.target", text);
};

export const itemUnknown = () =>
  invalidField("/attachTo/itemId", "uploads.item_unknown", "There is no such item.");

export const receiptUnknown = () =>
  invalidField("/attachTo/receiptId", "uploads.receipt_unknown", "There is no such receipt.");

export const formatRefused = () => {
  const text = "Till exports are text/csv, bakery-data is application/json.";
  return invalidField("/import/format", "uploads.format", text);
};

export const tooManyUnfinished = (max: number) => {
  const text = `You have ${max} unfinished uploads. Send their content, or delete them.`;
  return new AppError("limited", "uploads.unfinished", text, { retryAfterSeconds: 60 });
};
