import { Buffer } from "node:buffer";

/** Pixels of a picture as it is stored. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** More are refused: decoded, each takes four bytes. */
export const pixelsMax = 40_000_000;

/** What a PNG, JPEG or WebP says of its size before anything is decoded; undefined if it says none. */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = sizeOf(view);
    return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function sizeOf(view: Buffer): PictureSize | undefined {
  if (view.readUInt32BE(0) === 0x89_50_4e_47) {
    return { width: view.readUInt32BE(16), height: view.readUInt32BE(20) };
  }
  if (view.readUInt16BE(0) === 0xff_d8) return jpegSize(view);
  return view.toString("latin1", 8, 12) === "WEBP" ? webpSize(view) : undefined;
}

/** In the frame's header (ITU T.81, B.2.2), behind segments that say how long they are. */
function jpegSize(view: Buffer): PictureSize | undefined {
  let at = 2;
  while (at + 9 < view.byteLength) {
    if (view[at] !== 0xff) return undefined;
    const marker = view.readUInt8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.readUInt16BE(at + 5), width: view.readUInt16BE(at + 7) };
    // A mark may be filled up with any number of 0xff.
    at += marker === 0xff ? 1 : 2 + view.readUInt16BE(at + 2);
  }
  return undefined;
}

/** In one of three kinds of first chunk (RFC 9649). */
function webpSize(view: Buffer): PictureSize | undefined {
  const kind = view.toString("latin1", 12, 16);
  if (kind === "VP8X") {
    return { width: view.readUIntLE(24, 3) + 1, height: view.readUIntLE(27, 3) + 1 };
  }
  if (kind === "VP8 ") {
    return { width: view.readUInt16LE(26) & 0x3fff, height: view.readUInt16LE(28) & 0x3fff };
  }
  if (kind !== "VP8L") return undefined;
  const packed = view.readUInt32LE(21);
  return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
}
