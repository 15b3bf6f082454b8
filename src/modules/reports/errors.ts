import { AppError } from "#platform/errors.ts";

export const exportNotFound = () =>
  new AppError("not_found", "reports.export_not_found", "There is no such export.");

export const tooManyRows = (rowsMax: number) => {
  const text = `A workbook takes at most ${rowsMax} rows. Choose CSV, or fewer days.`;
  return new AppError("invalid", "reports.export_too_large", text);
};

export const tooManyExports = (max: number) => {
  const text = `You have ${max} exports under way. Ask again when some are done.`;
  return new AppError("limited", "reports.exports_unfinished", text, { retryAfterSeconds: 60 });
};
