import sharp from "sharp";
import { decodeImage } from "./decode-image";

/** Pixels of the longer side, for a screen of twice the usual density; ours. */
const longerSide = 128;
const quality = 80;

/** A small image as WebP. @param path names the image in errors. @throws FileError as `decodeImage` */
export async function thumbnail(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  const { height, width, channels, values } = await decodeImage(path, bytes);
  return sharp(values, { raw: { height, width, channels } })
    .resize({ width: longerSide, height: longerSide, fit: "inside", withoutEnlargement: true })
    .webp({ quality })
    .toBuffer();
}
