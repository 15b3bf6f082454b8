import { encodings, type TillMapping } from "../../model/till-mapping.ts";

type Encoding = TillMapping["encoding"];

const marks: readonly (readonly [Encoding, readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/** The encoding that a byte order mark names. */
export function markedEncoding(head: Uint8Array): Encoding | undefined {
  return marks.find(([, mark]) => mark.every((byte, index) => head[index] === byte))?.[0];
}

/** The encoding that the first bytes look like; `isSure` if nothing else would fit. */
export function guessEncoding(head: Uint8Array): { encoding: Encoding; isSure: boolean } {
  const marked = markedEncoding(head);
  if (marked !== undefined) return { encoding: marked, isSure: true };
  const zeros = [0, 0];
  head.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  if (odd > head.length / 4) return { encoding: "utf-16le", isSure: true };
  if (even > head.length / 4) return { encoding: "utf-16be", isSure: true };
  try {
    // The last character may be cut off.
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return { encoding: "utf-8", isSure: true };
  } catch {
    return { encoding: "windows-1252", isSure: false };
  }
}

/** Decodes bytes as they come; what is not of the encoding becomes U+FFFD, which rows are flagged for. */
export function textDecoder(encoding: Encoding): TextDecoder {
  return new TextDecoder(encodings.find((each) => each === encoding) ?? "utf-8");
}
