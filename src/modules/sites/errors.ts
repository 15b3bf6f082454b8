import { AppError, invalidField } from "#platform/errors.ts";

export const siteNotFound = () =>
  new AppError("not_found", "site.not_found", "There is no such site.");

export const siteStale = () =>
  new AppError("stale", "site.stale", "The site was changed meanwhile. Read it again.");

export const siteArchived = () =>
  new AppError("conflict", "site.archived", "The site is archived.");

export const siteNameTaken = (cause: unknown) =>
  new AppError("conflict", "site.name_taken", "A site in use has this name.", { cause });

export const siteIdTaken = (cause: unknown) =>
  new AppError("conflict", "site.id_taken", "This id is in use.", { cause });

export const zoneUnknown = () =>
  invalidField("/zone", "site.zone", "This is not an IANA time zone.");

/** For commands that name a site: missing and archived ones look the same. */
export const siteUnknown = (pointer = "/siteId") =>
  invalidField(pointer, "site.unknown", "There is no such site in use.");

export const tillNotFound = () =>
  new AppError("not_found", "till.not_found", "There is no such till.");

export const tillStale = () =>
  new AppError("stale", "till.stale", "The till was changed meanwhile. Read it again.");

export const tillArchived = () =>
  new AppError("conflict", "till.archived", "The till is archived.");

export const tillNameTaken = (cause: unknown) =>
  new AppError("conflict", "till.name_taken", "A till in use at this site has this name.", {
    cause,
  });

export const tillIdTaken = (cause: unknown) =>
  new AppError("conflict", "till.id_taken", "This id is in use.", { cause });

/** For commands that name a till: missing, archived and another site's look the same. */
export const tillUnknown = (pointer = "/tillId") =>
  invalidField(pointer, "till.unknown", "There is no such till in use at this site.");
