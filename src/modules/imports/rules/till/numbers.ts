import { decimal, decimalText, QUANTITY_PLACES, roundTo } from "#platform/decimal.ts";
import type { TillMapping } from "../../model/till-mapping.ts";

export interface ReadNumber {
  /** Plain: "-12.5". */
  readonly text: string;
  readonly isRounded: boolean;
}

type Notation = Pick<TillMapping, "decimal" | "thousands" | "currency">;

const wholeDigitsMax = 12;

/**
 * Reads numbers as a till writes them: "1 234,50 €", "(3.00)", "-0,90", "5-". Strict: a group that
 * is not of three digits, another currency's sign or an exponent is no number.
 */
export function numberReader({ decimal: mark, thousands, currency }: Notation) {
  const group = groupPattern(thousands);
  const plain = `\\d{1,30}`;
  const whole = group === "" ? plain : `${plain}|\\d{1,3}(?:${group}\\d{3})+`;
  const form = new RegExp(`^(${whole})?(?:\\${mark}(\\d{1,40}))?$`);
  const groups = group === "" ? undefined : new RegExp(group, "g");
  return (given: string): ReadNumber | undefined => {
    const { body, isNegative } = bare(given, currency);
    const match = form.exec(body);
    if (match === null || (match[1] === undefined && match[2] === undefined)) return undefined;
    const [, all = "0", fraction = ""] = match;
    const digits = (groups ? all.replace(groups, "") : all).replace(/^0+(?=\d)/, "");
    if (digits.length > wholeDigitsMax) return undefined;
    const exact = decimal(`${isNegative ? "-" : ""}${digits}${fraction ? `.${fraction}` : ""}`);
    const rounded = roundTo(exact, QUANTITY_PLACES);
    return { text: decimalText(rounded), isRounded: !rounded.eq(exact) };
  };
}

function groupPattern(thousands: Notation["thousands"]): string {
  if (thousands === " ") return "[ \\u00a0\\u202f]";
  if (thousands === "'") return "['\\u2019]";
  return thousands === "" ? "" : `\\${thousands}`;
}

const minus = /^[-\u2212\u2013]/;

/** Takes the signs of minus and currency off, on whichever side and in whichever order, once each. */
function bare(given: string, currency: string | undefined) {
  const text = given.trim();
  const isBracketed = /^\(.*\)$/.test(text);
  const outer = withoutCurrency(isBracketed ? text.slice(1, -1).trim() : text, currency);
  const signed = isBracketed ? { body: outer, isNegative: true } : withoutSign(outer);
  const isStripped = outer.length !== (isBracketed ? text.length - 2 : text.length);
  return isStripped ? signed : { ...signed, body: withoutCurrency(signed.body, currency) };
}

function withoutSign(body: string) {
  if (minus.test(body)) return { body: body.slice(1).trimStart(), isNegative: true };
  if (body.startsWith("+")) return { body: body.slice(1).trimStart(), isNegative: false };
  if (!body.endsWith("-")) return { body, isNegative: false };
  return { body: body.slice(0, -1).trimEnd(), isNegative: true };
}

function withoutCurrency(body: string, currency: string | undefined): string {
  if (currency === undefined) return body;
  const sign = currency.toLowerCase();
  const lower = body.toLowerCase();
  if (lower.startsWith(sign)) return body.slice(sign.length).trimStart();
  return lower.endsWith(sign) ? body.slice(0, -sign.length).trimEnd() : body;
}
