/** Bytes as they come, taken and passed on by number. At the end there are fewer. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next ones, which stay. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#held.byteLength < count) {
      const { done, value } = await this.#chunks.next();
      if (done === true) break;
      this.#held = this.#held.byteLength === 0 ? value : joined(this.#held, value);
    }
    return this.#held;
  }

  /** Exactly so many, as a copy to write to. */
  async take(count: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of this.pass(count)) parts.push(part);
    return joined(...parts);
  }

  async *pass(count = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0 && (await this.peek(1)).byteLength > 0; ) {
      const part = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(part.byteLength);
      left -= part.byteLength;
      yield part;
    }
  }

  /** Zeros in their place. */
  async *blank(count?: number): AsyncGenerator<Uint8Array> {
    for await (const { byteLength } of this.pass(count)) yield new Uint8Array(byteLength);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
