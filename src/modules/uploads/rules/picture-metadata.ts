import { ByteSource } from "./byte-source.ts";
import { onlyOrientation, textOf } from "./exif.ts";

type Bytes = AsyncGenerator<Uint8Array>;

const formats: Readonly<Record<string, (source: ByteSource) => Bytes>> = {
  "image/jpeg": withoutOfJpeg,
  "image/png": withoutOfPng,
  "image/webp": withoutOfWebp,
};

/**
 * A picture without what its camera or program wrote into it, such as where it was taken: pixels,
 * colours, orientation and length stay, all else is zeros. By the structure alone, nothing is decoded.
 */
export async function* withoutMetadata(chunks: AsyncIterable<Uint8Array>, type: string): Bytes {
  const source = new ByteSource(chunks);
  try {
    yield* formats[type]?.(source) ?? source.pass();
  } finally {
    await source.close();
  }
}

const [startOfImage, endOfImage, comment] = [0xd8, 0xd9, 0xfe];

/** Segments of ITU T.81, B.1; behind the end of a telephone's picture there may be others. */
async function* withoutOfJpeg(source: ByteSource): Bytes {
  yield* source.pass(2);
  for (;;) {
    yield* passScan(source);
    const [, marker] = await source.peek(2);
    if (marker === undefined) return;
    if (marker === endOfImage) {
      yield* source.pass(2);
      return yield* source.blank();
    }
    if (marker === startOfImage || marker === 0x01) {
      yield* source.pass(2);
      continue;
    }
    const head = await source.take(4);
    const payload = await source.take((((head[2] ?? 0) << 8) | (head[3] ?? 0)) - 2);
    const isTold = (marker >= 0xe0 && marker <= 0xef) || marker === comment;
    const kept = isTold ? keptOfSegment(marker, payload) : payload;
    if (kept === undefined) head[1] = comment;
    yield head;
    yield kept ?? new Uint8Array(payload.byteLength);
  }
}

const segmentsKept: Readonly<Record<number, string>> = {
  224: "JFIF\0",
  226: "ICC_PROFILE\0",
  238: "Adobe",
};

function keptOfSegment(marker: number, payload: Uint8Array): Uint8Array | undefined {
  const name = segmentsKept[marker];
  if (name !== undefined && textOf(payload, 0, name.length) === name) return payload;
  const isExif = marker === 0xe1 && textOf(payload, 0, 6) === "Exif\0\0";
  return isExif ? onlyOrientation(payload) : undefined;
}

/** Passes on what is no segment, up to the next marker. */
async function* passScan(source: ByteSource): Bytes {
  for (;;) {
    const held = await source.peek(2);
    if (held.byteLength < 2) return yield* source.pass();
    const at = markerIn(held);
    if (at === 0) return;
    yield* source.pass(at);
  }
}

/** Where a marker begins, or may; else the length. In a scan 0xff is followed by 0 or a restart. */
function markerIn(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(0xff); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    const isScan = next === 0 || next === 0xff || (next !== undefined && (next & 0xf8) === 0xd0);
    if (!isScan) return at;
  }
  return bytes.byteLength;
}

// biome-ignore format: a list of words
const chunksKept = new Set([
  "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "mDCV", "cLLI",
  "sBIT", "bKGD", "pHYs", "hIST", "sPLT", "acTL", "fcTL", "fdAT",
]);

/** Chunks of PNG (third edition, 5.3). What has no place any more is of a private kind, to be skipped. */
async function* withoutOfPng(source: ByteSource): Bytes {
  yield* source.pass(8);
  for (;;) {
    const head = await source.take(8);
    if (head.byteLength < 8) return yield head;
    const length = new DataView(head.buffer).getUint32(0);
    const type = textOf(head, 4, 8);
    if (chunksKept.has(type)) {
      yield head;
      yield* source.pass(length + 4);
      if (type === "IEND") return yield* source.blank();
      continue;
    }
    const payload = await source.take(length);
    const checksum = await source.take(4);
    const kept = type === "eXIf" ? onlyOrientation(payload) : undefined;
    if (kept === undefined) head.set(bytesOf("skIp"), 4);
    const body = kept ?? new Uint8Array(payload.byteLength);
    checksum.set(checksumOf(head.subarray(4), body).subarray(0, checksum.byteLength));
    yield* [head, body, checksum];
  }
}

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** CRC-32, as PNG's annex D computes it. */
function checksumOf(...parts: readonly Uint8Array[]): Uint8Array {
  let crc = 0xffffffff;
  for (const part of parts) {
    for (const byte of part) crc = (crc >>> 8) ^ (remainders[(crc ^ byte) & 0xff] ?? 0);
  }
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, ~crc);
  return bytes;
}

const webpKept = new Set(["VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"]);
const saysXmp = 0x04;

/** Chunks of RFC 9649; readers skip those they do not know. */
async function* withoutOfWebp(source: ByteSource): Bytes {
  yield* source.pass(12);
  for (;;) {
    const head = await source.take(8);
    if (head.byteLength < 8) return yield new Uint8Array(head.byteLength);
    const length = new DataView(head.buffer).getUint32(4, true);
    const padded = length + (length % 2);
    const type = textOf(head, 0, 4);
    if (webpKept.has(type)) {
      yield head;
      yield* source.pass(padded);
      continue;
    }
    const payload = await source.take(padded);
    const kept = keptOfChunk(type, payload);
    if (kept === undefined) head.set(bytesOf("SKIP"));
    yield* [head, kept ?? new Uint8Array(payload.byteLength)];
  }
}

function keptOfChunk(type: string, payload: Uint8Array): Uint8Array | undefined {
  if (type === "EXIF") return onlyOrientation(payload);
  if (type !== "VP8X") return undefined;
  payload[0] = (payload[0] ?? 0) & ~saysXmp;
  return payload;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
