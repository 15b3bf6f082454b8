import { createHash } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { type CsvError, type Parser, parse } from "csv-parse";
import type { AppError } from "#platform/errors.ts";
import * as errors from "../../errors.ts";
import type { TillMapping } from "../../model/till-mapping.ts";
import { markedEncoding, textDecoder } from "../../rules/till/encoding.ts";

/** The bytes of a file as they come. */
export type Bytes = AsyncIterable<Uint8Array>;

/** How far an import is. */
export interface TillProgress {
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly linesRecorded: number;
}

const headBytes = 64 * 1024;

/** A file whose first bytes are known, and can still be read from its beginning. */
export interface Opened {
  readonly head: Uint8Array;
  readonly all: Bytes;
}

/** Reads ahead far enough to tell what the file is. */
export async function openBytes(bytes: Bytes): Promise<Opened> {
  const source = bytes[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < headBytes) {
    const { done, value } = await source.next();
    if (done) break;
    first.push(value);
    size += value.byteLength;
  }
  const head = new Uint8Array(size);
  let at = 0;
  for (const chunk of first) {
    head.set(chunk, at);
    at += chunk.byteLength;
  }
  async function* all() {
    if (size > 0) yield head;
    for (;;) {
      const { done, value } = await source.next();
      if (done) return;
      yield value;
    }
  }
  return { head, all: all() };
}

/** A row longer than this has a quote that does not end, or is none. */
const recordCharsMax = 128 * 1024;

/** How the cells of a row are told apart; stray quotes inside a cell stay what they are. */
export function csvOptions(delimiter: string) {
  return {
    delimiter,
    relax_quotes: true,
    relax_column_count: true,
    max_record_size: recordCharsMax,
  } as const;
}

/** The rows of a file, one cell array each, and what is known of the bytes by then. */
export class Rows implements AsyncIterable<readonly string[]> {
  readonly #parser: Parser;
  readonly #content = createHash("sha256");
  bytesRead = 0;
  #cut: { readonly reason: unknown } | undefined;

  constructor({ head, all }: Opened, { delimiter, encoding }: TillMapping) {
    this.#parser = parse(csvOptions(delimiter));
    const decoder = textDecoder(markedEncoding(head) ?? encoding);
    const texts = Readable.from(this.#decoded(all, decoder), { objectMode: true });
    // What fails here is thrown where the rows are read.
    pipeline(texts, this.#parser, () => {});
  }

  async *#decoded(bytes: Bytes, decoder: TextDecoder) {
    try {
      for await (const chunk of bytes) {
        this.bytesRead += chunk.byteLength;
        this.#content.update(chunk);
        const text = decoder.decode(chunk, { stream: true });
        if (text !== "") yield text;
      }
    } catch (reason) {
      // What came before the cut is good.
      this.#cut = { reason };
    }
    const rest = decoder.decode();
    if (rest !== "") yield rest;
  }

  async *[Symbol.asyncIterator]() {
    let before: readonly string[] | undefined;
    try {
      for await (const cells of this.#parser) {
        if (before !== undefined) yield before;
        before = cells as readonly string[];
      }
    } catch (error) {
      if (this.#cut === undefined && isCsvError(error)) throw malformed(error);
      throw this.#cut?.reason ?? error;
    }
    // The last row may be half of one.
    if (this.#cut !== undefined) throw this.#cut.reason;
    if (before !== undefined) yield before;
  }

  /** SHA-256 of all bytes, once they are read. */
  contentHash(): string {
    return this.#content.copy().digest("hex");
  }
}

/** The error knows its row; those before it may not have been read yet. */
function malformed(error: CsvError): AppError {
  const row = Number(error["records"]) + 1;
  if (error.code === "CSV_MAX_RECORD_SIZE") return errors.rowTooLong(row, recordCharsMax, error);
  return errors.malformedCsv(row, error);
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}

export async function hashOfBytes(bytes: Bytes): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest("hex");
}
