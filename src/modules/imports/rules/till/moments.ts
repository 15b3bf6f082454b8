import type { TillMapping } from "../../model/till-mapping.ts";

export interface ReadDay {
  /** YYYY-MM-DD */
  readonly day: string;
  /** What stands behind the day, perhaps a time. */
  readonly rest: string;
}

const part = "(\\d{1,4}|[\\p{L}]{3,12}\\.?)";
const separated = new RegExp(`^${part}[-/. ]\\s?${part}[-/. ,]\\s?(\\d{1,4})(?:$|[T ,](.*)$)`, "u");
const compact = /^(\d{8})(?:$|[T ](.*)$)/;

/** Reads days in one order: "2021-01-02", "2/1/21", "28-Oct-2007", "20210102"; strictly. */
export function dayReader(order: TillMapping["dateOrder"]) {
  return (given: string): ReadDay | undefined => {
    const text = given.trim();
    const together = compact.exec(text);
    if (together !== null) {
      const [, digits = "", rest = ""] = together;
      const cuts = order === "ymd" ? [4, 6] : [2, 4];
      const parts = [
        digits.slice(0, cuts[0]),
        digits.slice(cuts[0], cuts[1]),
        digits.slice(cuts[1]),
      ];
      return dayOf(order, parts, rest);
    }
    const apart = separated.exec(text);
    if (apart === null) return undefined;
    const [, first = "", second = "", third = "", rest = ""] = apart;
    return dayOf(order, [first, second, third], rest);
  };
}

function dayOf(order: string, parts: readonly string[], rest: string): ReadDay | undefined {
  const of = (letter: string) => parts[order.indexOf(letter)] ?? "";
  const year = yearOf(of("y"));
  const month = /^\d/.test(of("m")) ? digitsOf(of("m")) : monthNamed(of("m"));
  const date = digitsOf(of("d"));
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const day = `${year}-${month}-${date}`;
  const time = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(day)) return undefined;
  return { day, rest: rest.trim() };
}

function yearOf(text: string): string | undefined {
  if (/^(?:19[7-9]\d|[2-9]\d{3})$/.test(text)) return text;
  if (!/^\d{2}$/.test(text)) return undefined;
  return Number(text) < 70 ? `20${text}` : `19${text}`;
}

function digitsOf(text: string): string | undefined {
  return /^\d{1,2}$/.test(text) ? text.padStart(2, "0") : undefined;
}

// English, French, German, Spanish, Italian, Dutch, by how the names begin.
const monthNames = [
  /^(?:jan|ene|gen)/,
  /^f[ev]/,
  /^(?:mar|mrz|mrt|maa|maerz)/,
  /^(?:apr|avr|abr)/,
  /^(?:may|mai|mei|mag)/,
  /^(?:jun|juin|giu)/,
  /^(?:jul|juil|lug)/,
  /^(?:aug|aou|ago)/,
  /^(?:sep|set)/,
  /^(?:oct|okt|ott)/,
  /^nov/,
  /^d[ei]/,
];

function monthNamed(text: string): string | undefined {
  const name = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const index = monthNames.findIndex((form) => form.test(name));
  return index === -1 ? undefined : String(index + 1).padStart(2, "0");
}

const clockForm =
  /^(\d{1,2})(?:[:h.](\d{2})(?:[:.m](\d{2})(?:[.,]\d{1,9})?)?|h)?\s*(?:([ap])\.?m\.?)?$/i;
const clockTogether = /^(\d{2})(\d{2})(\d{2})?$/;

/** Reads a time of day: "09:58", "9h05", "9:05 PM", "095811"; HH:MM:SS. */
export function readClock(given: string): string | undefined {
  const text = given.trim();
  const together = clockTogether.exec(text);
  const [, hours = "", minutes = "00", seconds = "00", half] =
    together ?? clockForm.exec(text) ?? [];
  const isAlone = /^\d{1,2}$/.test(text);
  if (hours === "" || isAlone || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const hour = hourOf(Number(hours), half?.toLowerCase());
  return hour === undefined ? undefined : `${String(hour).padStart(2, "0")}:${minutes}:${seconds}`;
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour < 24 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === "p" ? 12 : 0);
}
