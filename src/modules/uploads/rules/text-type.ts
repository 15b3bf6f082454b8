import { Buffer } from "node:buffer";
import type { ContentScan } from "./content-scan.ts";

// Tab, line feed, form feed and carriage return are all that tables have of these.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\x00-\x08\x0b\x0e-\x1f]/;
const delimiter = /[,;\t|]/;

/** Whether the beginning reads as a table: text, with cells that something divides. */
export function readsAsCsv(scan: ContentScan): boolean {
  const text = textOf(scan);
  if (text === undefined || control.test(text)) return false;
  const [first = ""] = text.trimStart().split(/\r\n|\r|\n/, 1);
  return delimiter.test(first);
}

/** Whether the beginning reads as a JSON object or list, in UTF-8. */
export function readsAsJson(scan: ContentScan): boolean {
  if (scan.hasNul) return false;
  const text = utf8Of(scan.head);
  return text !== undefined && /^\ufeff?\s*(?:\{\s*["}]|\[)/.test(text);
}

/** UTF-8, UTF-16 with its mark, or an encoding of one byte a character; undefined with a stray NUL. */
function textOf({ head, hasNul }: ContentScan): string | undefined {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(head);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(head);
  if (hasNul) return undefined;
  return utf8Of(head) ?? Buffer.from(head).toString("latin1");
}

function utf8Of(head: Uint8Array): string | undefined {
  try {
    // The last character may be cut in two.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(head, {
      stream: true,
    });
  } catch {
    return undefined;
  }
}
