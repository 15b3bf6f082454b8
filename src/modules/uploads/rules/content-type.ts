import { Buffer } from "node:buffer";
import { fileTypeFromBuffer } from "file-type";
import type { ContentScan } from "./content-scan.ts";
import { type ContentType, contentTypes, type Purpose, purposeRules } from "./purposes.ts";
import type { Refusal } from "./refusals.ts";
import { readsAsCsv, readsAsJson } from "./text-type.ts";

/** What content is, or why it is not taken. */
export interface Judgement {
  readonly foundType: string | null;
  readonly refusal: Refusal | undefined;
}

export interface Expected {
  readonly purpose: Purpose;
  readonly contentType: string;
  readonly bytes: number;
}

const markStart = /^(?:\xef\xbb\xbf)?\s*<(?:!|\?|[a-z])/i;
// The last chunk of every PNG, with its length and checksum.
const pngEnd = Buffer.from("0000000049454e44ae426082", "hex");
const isPicture = (type: string) => type.startsWith("image/");

/** Decides by the content alone what it is, and whether that is what was announced. */
export async function judge(scan: ContentScan, expected: Expected): Promise<Judgement> {
  const refused = (refusal: Refusal, foundType: string | null = null) => ({ refusal, foundType });
  if (scan.bytes === 0) return refused("empty");
  if (scan.bytes > purposeRules[expected.purpose].bytesMax) return refused("too_large");
  if (scan.bytes !== expected.bytes) return refused("bytes_differ");
  const found = await typeOf(scan, expected.contentType);
  if (found === undefined) {
    return refused(isText(expected.contentType) ? "text" : "type_unknown");
  }
  const known: ContentType | undefined = contentTypes.find((each) => each === found);
  const { types } = purposeRules[expected.purpose];
  if (known === undefined || !types.includes(known)) return refused("type_not_allowed", found);
  if (known !== expected.contentType) return refused("type_differs", found);
  if (!isText(known) && (scan.hasMarkup || scan.endsAsZip || !endsWell(scan, known))) {
    return refused("polyglot", found);
  }
  return { foundType: known, refusal: undefined };
}

const isText = (type: string) => type === "text/csv" || type === "application/json";

async function typeOf(scan: ContentScan, said: string): Promise<string | undefined> {
  const { head } = scan;
  const start = Buffer.from(head.subarray(0, 1_024)).toString("latin1");
  if (markStart.test(start)) return start.includes("<svg") ? "image/svg+xml" : "text/html";
  const mime = (await fileTypeFromBuffer(head))?.mime;
  // An animated PNG is a PNG to whoever shows its first picture.
  if (mime !== undefined && mime !== "application/json") {
    return mime.replace(/^image\/apng$/, "image/png");
  }
  if (scan.endsAsZip) return "application/zip";
  if (said === "application/json" && readsAsJson(scan)) return said;
  if (said === "text/csv" && readsAsCsv(scan)) return said;
  return undefined;
}

/** Whether nothing of another format is behind the end; a PDF begins with its first byte. */
function endsWell({ head, tail }: ContentScan, type: ContentType): boolean {
  const end = Buffer.from(tail);
  if (type === "application/pdf") {
    const begins = Buffer.from(head.subarray(0, 5)).toString("latin1") === "%PDF-";
    return begins && end.subarray(-1_024).includes("%%EOF");
  }
  const isPdf = isPicture(type) && Buffer.from(head.subarray(0, 1_024)).includes("%PDF-");
  return !isPdf && (type !== "image/png" || end.subarray(-pngEnd.byteLength).equals(pngEnd));
}
