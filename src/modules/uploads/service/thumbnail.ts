import type { Sharp, SharpInput, SharpOptions } from "sharp";
import { pixelsMax } from "../rules/picture-size.ts";

const sideMax = 256;
const decodeSecondsMax = 20;

/** What sharp is, as far as it is used. */
interface Pictures {
  (input: SharpInput, options: SharpOptions): Sharp;
  cache(options: false): unknown;
  concurrency(threads: number): unknown;
}

/** A picture that cannot be decoded to its end. */
export class UnreadablePicture extends Error {}

/**
 * A small WebP of the picture as it is meant to be seen, without what its camera wrote into it; undefined
 * where this program has no decoder, as the compiled worker has none. Throws `UnreadablePicture`.
 */
export async function makeThumbnail(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const pictures = await openPictures();
  if (pictures === undefined) return undefined;
  const options = { limitInputPixels: pixelsMax, failOn: "error", animated: false } as const;
  try {
    return await pictures(bytes, { ...options, sequentialRead: true })
      .timeout({ seconds: decodeSecondsMax })
      .autoOrient()
      .resize(sideMax, sideMax, { fit: "inside", withoutEnlargement: true })
      .webp({ quality: 75 })
      .toBuffer();
  } catch (cause) {
    throw new UnreadablePicture("The picture cannot be decoded", { cause });
  }
}

let opening: Promise<Pictures | undefined> | undefined;

function openPictures(): Promise<Pictures | undefined> {
  opening ??= import("sharp").then(
    ({ default: sharp }) => {
      sharp.cache(false);
      sharp.concurrency(1);
      return sharp;
    },
    () => undefined,
  );
  return opening;
}
