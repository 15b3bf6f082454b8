const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const options = {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
    hour12: false,
  } as const;
  const format = new Intl.DateTimeFormat("sv-SE", options);
  formats.set(zone, format);
  return format;
}

const hour = 3_600_000;
export const day = 24 * hour;

/** What a clock on the wall of that zone shows, as if it were UTC. */
function wallTime(at: number, zone: string): number {
  return Date.parse(`${formatOf(zone).format(at).replace(" ", "T")}Z`);
}

/** The date on the wall, YYYY-MM-DD. */
export function localDate(at: number, zone: string): string {
  return new Date(wallTime(at, zone)).toISOString().slice(0, 10);
}

/** ((at AT TIME ZONE zone) − cutover)::date, with a cutover in whole hours. */
export function businessDate(at: number, zone: string, cutoverHours: number): string {
  return new Date(wallTime(at, zone) - cutoverHours * hour).toISOString().slice(0, 10);
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * day).toISOString().slice(0, 10);
}
