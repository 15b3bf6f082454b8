import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// The list is not part of the project: it lies in a folder beside it, or wherever this points.
const folder =
  process.env["BANNETON_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

export const listPath = join(folder, "blns.json");
export const isListPresent = existsSync(listPath);

/** The Big List of Naughty Strings, or nothing where it is absent. */
export function naughtyStrings(): readonly string[] {
  return isListPresent ? JSON.parse(readFileSync(listPath, "utf8")) : [];
}

/** What that list does not have. */
export const ownStrings: readonly string[] = [
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\udfff",
  "x\ud83dy",
  "\ude00\ud83d",
  "__proto__",
  "constructor",
  "toString",
  "\u202etxet\u202c",
  "שלום bread لخبز",
  "e\u0301 \u00e9",
  "\ufeffbom",
  "\u200b",
  " leading and trailing ",
  "line\nbreak\r\nand\ttab",
  "\u007f\u0001\u001b[31m",
  "'; drop table stock.movements; --",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what template engines look for
  "{{7*7}} ${7*7} <%= 7*7 %>",
  "%00 %ff %0d%0aSet-Cookie: a=b",
  "../../../../etc/passwd",
  "=1+1",
  "👩‍👩‍👧‍👦",
  "𝕭𝖆𝖓𝖓𝖊𝖙𝖔𝖓",
  "\\u0000",
  "\\",
  '"',
  "NaN",
  "1e400",
  "x".repeat(120),
  "é".repeat(121),
  "🍞".repeat(120),
  "x".repeat(10_000),
];

export const megabyte = "x".repeat(1_000_000);
