export const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Local time at which the demo's business dates begin. */
export const cutover = "04:00";
const cutoverMs = 4 * 60 * minuteMs;

/** The calendar of one time zone. */
export interface Calendar {
  /**
   * The instant of a wall clock's reading: minutes after midnight, as a clock without changes shows
   * them.
   */
  at(day: string, minutes: number): Date;
  businessDateOf(instant: Date): string;
}

export function calendarOf(zone: string): Calendar {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const shownAt = (ms: number): number => {
    const parts = format.formatToParts(new Date(ms));
    const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
    const shown = [of("year"), of("month") - 1, of("day"), of("hour"), of("minute")] as const;
    return Date.UTC(...shown, of("second"));
  };
  return {
    at: (day, minutes) => {
      const wanted = Date.parse(`${day}T00:00:00Z`) + Math.round(minutes * minuteMs);
      const near = wanted - (shownAt(wanted) - wanted);
      return new Date(near - (shownAt(near) - wanted));
    },
    businessDateOf: (instant) => {
      const whole = Math.floor(instant.getTime() / 1000) * 1000;
      return new Date(shownAt(whole) - cutoverMs).toISOString().slice(0, 10);
    },
  };
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs);
}
