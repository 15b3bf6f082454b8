import sharp from "sharp";

interface Size {
  readonly width: number;
  readonly height: number;
}

const canvas = ({ width, height }: Size) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 150, b: 90 } } });

export async function jpeg(size: Size): Promise<Uint8Array> {
  return new Uint8Array(await canvas(size).jpeg().toBuffer());
}

export async function png(size: Size): Promise<Uint8Array> {
  return new Uint8Array(await canvas(size).png({ compressionLevel: 9 }).toBuffer());
}

/** As a telephone stores a picture that it was held sideways for. */
export async function turnedJpeg(size: Size): Promise<Uint8Array> {
  const exif = { IFD0: { Copyright: "of nobody" } };
  const picture = canvas(size).withExif(exif).withMetadata({ orientation: 6 });
  return new Uint8Array(await picture.jpeg().toBuffer());
}
