import { AppError, invalidField } from "#platform/errors.ts";

export const siteNotFound = () =>
  new AppError("not_found", "sites.site_not_found", "There is no such site.");

export const siteStale = () =>
  new AppError("stale", "sites.site_stale", "The site was changed meanwhile. Read it again.");

export const siteArchived = () =>
  new AppError("conflict", "sites.site_archived", "The site is archived.");

export const siteNameTaken = (cause: unknown) =>
  new AppError("conflict", "sites.site_name_taken", "A site in use has this name.", { cause });

export const siteIdTaken = (cause: unknown) =>
  new AppError("conflict", "sites.site_id_taken", "This id is in use.", { cause });

export const zoneUnknown = () =>
  invalidField("/zone", "sites.zone", "This is not an IANA time zone.");

/** For commands that name a site: missing and archived ones look the same. */
export const siteUnknown = (pointer = "/siteId") =>
  invalidField(pointer, "sites.site_unknown", "There is no such site in use.");

export const tillNotFound = () =>
  new AppError("not_found", "sites.till_not_found", "There is no such till.");

export const tillStale = () =>
  new AppError("stale", "sites.till_stale", "The till was changed meanwhile. Read it again.");

export const tillArchived = () =>
  new AppError("conflict", "sites.till_archived", "The till is archived.");

export const tillNameTaken = (cause: unknown) =>
  new AppError("conflict", "sites.till_name_taken", "A till in use at this site has this name.", {
    cause,
  });

export const tillIdTaken = (cause: unknown) =>
  new AppError("conflict", "sites.till_id_taken", "This id is in use.", { cause });

/** For commands that name a till: missing, archived and another site's look the same. */
export const tillUnknown = (pointer = "/tillId") =>
  invalidField(pointer, "sites.till_unknown", "There is no such till in use at this site.");

export const periodNotFound = () =>
  new AppError("not_found", "sites.period_not_found", "There is no such change of periods.");

export const periodTooRecent = () => {
  const text = "A day is closed 5 minutes after its end at the earliest.";
  return invalidField("/through", "sites.period_too_recent", text);
};

export const periodClosedAlready = (through: string) =>
  invalidField("/through", "sites.period_closed", `All is closed through ${through} already.`);

export const periodNotClosed = () =>
  invalidField("/through", "sites.period_open", "This day is open: there is nothing to reopen.");
