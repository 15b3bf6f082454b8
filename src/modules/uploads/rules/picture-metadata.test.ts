import { describe, expect, test } from "bun:test";
import sharp from "sharp";
import { withoutMetadata } from "./picture-metadata.ts";

const size = { width: 48, height: 32 };
const place = { GPSLatitudeRef: "N", GPSLatitude: "52/1 31/1 12/1" };
const exif = { IFD0: { Make: "Phone", Copyright: "Ann" }, IFD3: place };
const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description secret="Ann's kitchen"/></rdf:RDF></x:xmpmeta>`;

function picture() {
  const pixels = Buffer.alloc(size.width * size.height * 3);
  for (let at = 0; at < pixels.length; at++) pixels[at] = (at * 7919) % 251;
  return sharp(pixels, { raw: { ...size, channels: 3 } })
    .withExif(exif)
    .withXmp(xmp)
    .withMetadata({ orientation: 6, icc: "p3" });
}

const formats: Readonly<Record<string, () => Promise<Buffer>>> = {
  "image/jpeg": () => picture().jpeg({ progressive: true }).toBuffer(),
  "image/png": () => picture().png().toBuffer(),
  "image/webp": () => picture().webp().toBuffer(),
};

async function cleaned(bytes: Uint8Array, type: string, chunkBytes = bytes.byteLength) {
  async function* chunks() {
    for (let at = 0; at < bytes.byteLength; at += chunkBytes) {
      yield bytes.subarray(at, at + chunkBytes);
    }
  }
  return Buffer.concat(await Array.fromAsync(withoutMetadata(chunks(), type)));
}

const pixelsOf = (bytes: Uint8Array) => sharp(bytes, { failOn: "warning" }).raw().toBuffer();
const told = ["Phone", "Ann", "kitchen", "xmpmeta", "GPS"];

describe.each(Object.keys(formats))("%s", (type) => {
  test("loses what its camera wrote, and keeps pixels, colours, orientation and length", async () => {
    const bytes = await formats[type]!();
    const before = await sharp(bytes).metadata();
    expect([before.exif !== undefined, before.xmp !== undefined, before.icc?.length]).toEqual([
      true,
      true,
      expect.any(Number),
    ]);
    expect(bytes.includes("Phone")).toBe(true);
    const clean = await cleaned(bytes, type);
    expect(clean.byteLength).toBe(bytes.byteLength);
    for (const word of told) expect(clean.includes(word)).toBe(false);
    const after = await sharp(clean, { failOn: "warning" }).metadata();
    expect([after.orientation, after.icc, after.xmp]).toEqual([6, before.icc, undefined]);
    expect(await pixelsOf(clean)).toEqual(await pixelsOf(bytes));
    for (const chunkBytes of [1, 7, 64]) {
      expect((await cleaned(bytes, type, chunkBytes)).equals(clean)).toBe(true);
    }
    expect((await cleaned(clean, type)).equals(clean)).toBe(true);
  });

  test("that is cut or damaged anywhere comes to an end, as long as it was", async () => {
    const bytes = await formats[type]!();
    for (let at = 0; at < bytes.byteLength; at += 11) {
      const damaged = Buffer.from(bytes);
      damaged[at] = ~damaged[at]!;
      expect((await cleaned(damaged, type)).byteLength).toBe(bytes.byteLength);
      expect((await cleaned(bytes.subarray(0, at), type, 5)).byteLength).toBe(at);
    }
  });
});

test("of a JPEG the comments and the pictures behind its end go too", async () => {
  const [one, other] = [await formats["image/jpeg"]!(), await formats["image/jpeg"]!()];
  const words = Buffer.from("Ann's comment");
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, words.length + 2]), words]);
  const bytes = Buffer.concat([one.subarray(0, 2), comment, one.subarray(2), other]);
  const clean = await cleaned(bytes, "image/jpeg", 100);
  for (const word of told) expect(clean.includes(word)).toBe(false);
  expect(clean.subarray(-other.length).every((byte) => byte === 0)).toBe(true);
  expect(await pixelsOf(clean)).toEqual(await pixelsOf(one));
});
