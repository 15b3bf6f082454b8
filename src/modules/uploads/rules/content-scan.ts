import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

const headBytes = 64 * 1024;
// What ends a ZIP archive, with the longest comment it may have.
const tailBytes = 22 + 65_535;
// Longer than any mark that is looked for, so that none is cut in two.
const overlapBytes = 32;

const zipEnd = Buffer.from("PK\x05\x06", "latin1");
const markup = /<(?:!doctype\s+html|html[\s>]|script[\s>/])/i;

/** What is known of content after all of it has passed, without keeping it. */
export class ContentScan {
  readonly #hash = createHash("sha256");
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  bytes = 0;
  hasNul = false;
  /** Somewhere a browser could begin to read HTML. */
  hasMarkup = false;

  add(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const edge = this.#tail.subarray(-overlapBytes);
    this.hasNul ||= bytes.includes(0);
    this.hasMarkup ||= markup.test(Buffer.concat([edge, bytes]).toString("latin1"));
    if (this.#head.byteLength < headBytes) {
      const rest = bytes.subarray(0, headBytes - this.#head.byteLength);
      this.#head = Buffer.concat([this.#head, rest]);
    }
    this.#tail = Buffer.concat([this.#tail, bytes]).subarray(-tailBytes);
    this.bytes += bytes.byteLength;
    this.#hash.update(bytes);
  }

  get head(): Uint8Array {
    return this.#head;
  }

  get tail(): Uint8Array {
    return this.#tail;
  }

  /** Hex; once, at the end. */
  sha256(): string {
    return this.#hash.digest("hex");
  }

  /** Whether it can be opened as a ZIP archive, whatever stands before that. */
  get endsAsZip(): boolean {
    const tail = this.#tail;
    let at = tail.lastIndexOf(zipEnd);
    while (at >= 0) {
      const isWhole = at + 22 <= tail.byteLength;
      if (isWhole && at + 22 + tail.readUInt16LE(at + 20) <= tail.byteLength) return true;
      at = at === 0 ? -1 : tail.lastIndexOf(zipEnd, at - 1);
    }
    return false;
  }
}
