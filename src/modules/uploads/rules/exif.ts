const prefix = "Exif\0\0";
const upright = 1;

/** As a TIFF (6.0, section 2) whose only entry says how the picture is turned. */
const bytesOfEntry = 26;

/**
 * Exif of the same length that says nothing but how the picture is turned; undefined if it is too short
 * to say that much.
 */
export function onlyOrientation(exif: Uint8Array): Uint8Array | undefined {
  const begin = textOf(exif, 0, prefix.length) === prefix ? prefix.length : 0;
  if (exif.byteLength < begin + bytesOfEntry) return undefined;
  const made = new Uint8Array(exif.byteLength);
  made.set(exif.subarray(0, begin));
  const view = new DataView(made.buffer, begin);
  view.setUint32(0, 0x4d_4d_00_2a);
  view.setUint32(4, 8);
  view.setUint16(8, 1);
  view.setUint16(10, 0x01_12);
  view.setUint16(12, 3);
  view.setUint32(14, 1);
  view.setUint16(18, orientationOf(exif.subarray(begin)));
  return made;
}

function orientationOf(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const isLittle = view.getUint16(0) === 0x49_49;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > tiff.byteLength) return upright;
  const entries = view.getUint16(directory, isLittle);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.byteLength) return upright;
    if (view.getUint16(at, isLittle) !== 0x01_12) continue;
    const value = view.getUint16(at + 8, isLittle);
    return value >= 1 && value <= 8 ? value : upright;
  }
  return upright;
}

export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
