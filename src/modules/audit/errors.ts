import { AppError, type FieldProblem } from "#platform/errors.ts";

export const entryNotFound = () =>
  new AppError("not_found", "audit.entry_not_found", "There is no such entry.");

export const eventUnknown = () =>
  new AppError("invalid", "audit.event_unknown", "This is no event that the audit keeps.");

export const eventWrong = (errors: readonly FieldProblem[]) =>
  new AppError("invalid", "audit.event_wrong", "The event does not hold an audit entry.", {
    errors,
  });

export const copyDiffers = () => {
  const text = "The event says something else than the entry, or than the copy that there is.";
  return new AppError("conflict", "audit.copy_differs", text);
};
