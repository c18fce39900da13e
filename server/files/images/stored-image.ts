import sharp from "sharp";
import type { Pixels } from "./pixels";

/** Of lossy WebP, our choice: about 20 KB for a photograph of 224 × 224. */
const quality = 90;

/** An image for a page as WebP: without loss where that is no larger, as it is for drawings. */
export async function storedImage({ height, width, channels, values }: Pixels): Promise<Uint8Array> {
  const image = sharp(values, { raw: { height, width, channels } });
  const [exact, lossy] = await Promise.all([image.clone().webp({ lossless: true }).toBuffer(), image.clone().webp({ quality }).toBuffer()]);
  return exact.length <= lossy.length ? exact : lossy;
}

/** An image for a page as WebP without loss. */
export async function exactImage({ height, width, channels, values }: Pixels): Promise<Uint8Array> {
  return sharp(values, { raw: { height, width, channels } }).webp({ lossless: true }).toBuffer();
}
