import { addDays } from "./calendar.ts";

// What the cache knows an answer by. A day that is computed anew changes three tags: those who read
// it alone, those who read its site, and those who read them all.
const daysMax = 31;
const sitesMax = 20;

const all = "reports";
const ofSite = (siteId: string) => `${all}:${siteId}`;
const ofDay = (siteId: string, day: string) => `${all}:${siteId}:${day}`;

/** Names and units, digits of money: reports tell them as they are now. */
const shared = ["catalog", "settings", "sites"];

export interface Range {
  readonly siteId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What an answer is made of; `isOfDays` if no day outside of its range can change it. */
export function tagsOfReport(
  { siteId, from, to }: Range,
  siteIds: readonly string[] | undefined,
  isOfDays: boolean,
): string[] {
  const sites = siteId === undefined ? siteIds : [siteId];
  if (sites === undefined || sites.length > sitesMax) return [...shared, all];
  if (sites.length === 1 && isOfDays && from !== undefined && to !== undefined) {
    const [only = ""] = sites;
    const days = daysBetween(from, to);
    if (days !== undefined) return [...shared, ...days.map((day) => ofDay(only, day))];
  }
  return [...shared, ...sites.map(ofSite)];
}

/** What computing these days of a site changes. */
export function tagsOfDays(siteId: string, from: string, to: string): string[] {
  const days = daysBetween(from, to) ?? [];
  return [all, ofSite(siteId), ...days.map((day) => ofDay(siteId, day))];
}

/** Undefined if they are too many to be named. */
function daysBetween(from: string, to: string): string[] | undefined {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    if (days.push(day) > daysMax) return undefined;
  }
  return days;
}
