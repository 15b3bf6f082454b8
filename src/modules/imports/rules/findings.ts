import { type Decimal, decimal, roundTo, ZERO } from "#platform/decimal.ts";
import { type Finding, listedMax } from "../model.ts";

const keyLengthMax = 120;

/** A JSON pointer's next step; what cannot be stored or is endless is shown shortened. */
export function at(pointer: string, key: string | number): string {
  const text = String(key).toWellFormed().replaceAll("\0", "\uFFFD");
  const short = text.length > keyLengthMax ? `${text.slice(0, keyLengthMax)}…` : text;
  return `${pointer}/${short.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/**
 * Collects what is wrong (problems) and what should be known (notices), bounded, counted in full.
 */
export class Findings {
  readonly problems: Finding[] = [];
  readonly notices: Finding[] = [];
  problemCount = 0;
  noticeCount = 0;

  problem(pointer: string, code: string, message: string): undefined {
    this.problemCount += 1;
    if (this.problems.length < listedMax) {
      this.problems.push({ pointer, code: `imports.${code}`, message });
    }
    return undefined;
  }

  notice(pointer: string, code: string, message: string): void {
    this.noticeCount += 1;
    if (this.notices.length < listedMax) {
      this.notices.push({ pointer, code: `imports.${code}`, message });
    }
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Says which fields nobody reads. */
export function noteUnknown(
  findings: Findings,
  pointer: string,
  fields: Fields,
  known: readonly string[],
): void {
  for (const key of Object.keys(fields)) {
    if (known.includes(key)) continue;
    findings.notice(at(pointer, key), "unknown_field", "This field is not known and was left out.");
  }
}

const places = 6;
const limit = decimal("1000000000000");

/**
 * A number of the file by its shortest decimal text, so that 19.6 is 19.6; undefined, and a
 * problem, if it is none, below 0, or out of bounds. Noise of floats beyond 6 decimals is rounded
 * and noted.
 */
export function readDecimal(
  findings: Findings,
  pointer: string,
  value: unknown,
): Decimal | undefined {
  if (value === undefined) return findings.problem(pointer, "missing", "This field is missing.");
  if (typeof value !== "number" || !Number.isFinite(value)) {
    return findings.problem(pointer, "not_a_number", "This is not a number.");
  }
  const exact = decimal(value);
  if (exact.lt(ZERO)) return findings.problem(pointer, "negative", "This is less than 0.");
  if (exact.gte(limit)) {
    return findings.problem(pointer, "too_large", "This is more than the books can hold.");
  }
  const rounded = roundTo(exact, places);
  if (rounded.eq(exact)) return exact;
  if (rounded.eq(ZERO)) {
    return findings.problem(pointer, "too_small", "This is less than the books can hold.");
  }
  findings.notice(pointer, "rounded", `Rounded to ${places} decimals.`);
  return rounded;
}

/** As `readDecimal`, and 0 is a problem too. */
export function readPositive(
  findings: Findings,
  pointer: string,
  value: unknown,
): Decimal | undefined {
  const read = readDecimal(findings, pointer, value);
  if (read === undefined || !read.eq(ZERO)) return read;
  return findings.problem(pointer, "zero", "This must be above 0.");
}

const nameLengthMax = 120;

/** A name that the catalogue can hold. */
export function readName(findings: Findings, pointer: string, name: unknown): string | undefined {
  if (name === undefined) return findings.problem(pointer, "missing", "This field is missing.");
  if (typeof name !== "string" || !/\S/.test(name)) {
    return findings.problem(pointer, "name", "This is not a name.");
  }
  if (!name.isWellFormed() || name.includes("\0")) {
    return findings.problem(pointer, "text", "NUL and lone surrogates cannot be stored.");
  }
  if (name.length > nameLengthMax) {
    const text = `A name has at most ${nameLengthMax} characters.`;
    return findings.problem(pointer, "name_too_long", text);
  }
  return name;
}

/** What two names that people take for one have in common; the catalogue's own rule. */
export function nameKey(name: string): string {
  return name.trim().toLowerCase();
}

const dayForm = /^(?:19[7-9]\d|[2-9]\d{3})-\d{2}-\d{2}$/;
const momentForm =
  /^(\d{4}-\d{2}-\d{2})(?:[ T]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?))?$/;

/** A day that exists. */
export function readDay(findings: Findings, pointer: string, value: unknown): string | undefined {
  if (value === undefined) return findings.problem(pointer, "missing", "This field is missing.");
  if (typeof value === "string" && isDay(value)) return value;
  return findings.problem(pointer, "date", "This is not a day that exists, as YYYY-MM-DD.");
}

/** A wall clock's reading on a day that exists: "2026-11-21 02:52:16"; a day alone is its start. */
export function readMoment(
  findings: Findings,
  pointer: string,
  value: unknown,
): string | undefined {
  if (value === undefined) return findings.problem(pointer, "missing", "This field is missing.");
  const [, day = "", time = "00:00:00"] = momentForm.exec(String(value)) ?? [];
  if (typeof value === "string" && isDay(day)) return `${day} ${time}`;
  const text = "This is not a moment that exists, as YYYY-MM-DD HH:MM:SS.";
  return findings.problem(pointer, "date", text);
}

function isDay(text: string): boolean {
  if (!dayForm.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The entries of a section that is an object; a problem, and none, if it is anything else. */
export function entriesOf(findings: Findings, content: Fields, section: string) {
  const found = Object.hasOwn(content, section) ? content[section] : {};
  if (isFields(found)) return Object.entries(found);
  findings.problem(at("", section), "not_an_object", "This section is not an object of records.");
  return [];
}

export function isTwin(
  findings: Findings,
  pointer: string,
  known: ReadonlyMap<string, unknown>,
  name: string,
): boolean {
  if (!known.has(nameKey(name))) return false;
  findings.problem(pointer, "name_twice", "This name is in the file before; left out.");
  return true;
}
