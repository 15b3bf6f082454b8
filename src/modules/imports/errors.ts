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

export const tillExportNotFound = () =>
  new AppError("not_found", "imports.not_found", "There is no such till export.");

export const tillExportIdTaken = (cause: unknown) =>
  new AppError("conflict", "imports.id_taken", "This id is in use.", { cause });

export const tillExportFailed = () => {
  const text = "This import has failed: announce the file anew, with another mapping.";
  return new AppError("conflict", "imports.failed", text);
};

export const takenOver = () => {
  const text = "The file was sent again meanwhile: that reading goes on, this one ends.";
  return new AppError("conflict", "imports.taken_over", text);
};

export const otherFile = () => {
  const text = "This is not the file that this import has begun with.";
  return new AppError("invalid", "imports.other_file", text);
};

export const columnMissing = (pointer: string) =>
  invalidField(pointer, "imports.column_missing", "The file has no such column.");

export const scopeUnsaid = () => {
  const text = "Without a column of tickets the scope is `moment` or `line`.";
  return invalidField("/mapping/ticketScope", "imports.ticket_scope", text);
};

export const marksAlike = () => {
  const text = "Thousands are grouped by another sign than the decimal mark.";
  return invalidField("/mapping/thousands", "imports.marks", text);
};

export const noCurrencySign = () => {
  const text = "This is part of a number, not a currency's sign.";
  return invalidField("/mapping/currency", "imports.currency", text);
};

export const emptyFile = () => new AppError("invalid", "imports.empty", "The file has no rows.");

export const malformedCsv = (row: number, cause: unknown) => {
  const text = `The file cannot be read on from row ${row}: a quoted cell does not end.`;
  return new AppError("invalid", "imports.csv", text, { cause });
};

export const rowTooLong = (row: number, max: number, cause: unknown) => {
  const text = `Row ${row} has more than ${max} characters: is this a CSV, and does each quoted cell end?`;
  return new AppError("invalid", "imports.csv", text, { cause });
};

export const tooManyArticles = (max: number) => {
  const text = `More than ${max} articles: this is hardly the column of articles.`;
  return new AppError("invalid", "imports.too_many_articles", text);
};

export const cannotGuess = () => {
  const text = "No mapping fits the first rows: name the columns.";
  return new AppError("invalid", "imports.no_guess", text);
};

export const aliasNotFound = () =>
  new AppError("not_found", "imports.alias_not_found", "There is no such alias.");

export const aliasBlank = () => invalidField("/name", "imports.alias_name", "This is no name.");

export const itemUnknown = () =>
  invalidField("/itemId", "imports.item_unknown", "There is no such item.");
