import sharp, { type Metadata } from "sharp";
import { FileError } from "@/server/files/file-error";
import type { Pixels } from "./pixels";

/** Pixels of one image; ours. A small file may claim any size: it is refused before memory is taken for it. */
const mostPixels = 1 << 26;

const readableFormats: readonly string[] = ["png", "jpeg", "webp"];

// An image is decoded once, by one of a job's many steps: neither a cache nor more threads gain anything.
sharp.cache(false);
sharp.concurrency(1);

/**
 * Decodes a PNG, JPEG or WebP image as Pillow does: turned upright by its EXIF orientation, transparency over white, colour profiles ignored.
 *
 * @param path names the image in errors: its file, or the row or archive that holds it
 * @returns grey or colour, 8 bits a value
 * @throws FileError for an image that is damaged, of another format, animated, in CMYK, of more than 8 bits a channel, of one pixel, or too large
 */
export async function decodeImage(path: string, bytes: Uint8Array): Promise<Pixels> {
  const options = { failOn: "error", limitInputPixels: false, ignoreIcc: true } as const;
  try {
    const metadata = await sharp(bytes, options).metadata();
    checkKind(path, bytes, metadata);
    checkSize(path, metadata);
    const { data, info } = await sharp(bytes, options).autoOrient().raw().toBuffer({ resolveWithObject: true });
    return opaque({ height: info.height, width: info.width, channels: info.channels, values: data });
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError("invalid", path, `is not a complete PNG, JPEG or WebP image (${reasonOf(cause)})`, { cause });
  }
}

function checkKind(path: string, bytes: Uint8Array, { format, pages = 1, space, depth }: Metadata): void {
  if (!readableFormats.includes(format)) {
    throw new FileError("invalid", path, `is a ${format.toUpperCase()} file; PNG, JPEG and WebP images are read`);
  }
  if (pages > 1 || (format === "png" && isAnimatedPng(bytes)))
    throw new FileError("invalid", path, "is animated; save one frame as an image");
  if (space === "cmyk") throw new FileError("invalid", path, "is in CMYK, a colour space for print; convert it to RGB");
  if (depth !== "uchar") throw new FileError("invalid", path, "has more than 8 bits a channel; convert it to 8 bits");
}

function checkSize(path: string, { width, height }: Metadata): void {
  if (width * height > mostPixels) {
    throw new FileError(
      "tooLarge",
      path,
      `has ${width} × ${height} pixels, more than the limit of ${mostPixels} for an image; make it smaller`,
    );
  }
  if (width * height <= 1) throw new FileError("invalid", path, "has a single pixel; remove it from the data");
}

/** An animated PNG has a chunk `acTL` before its first pixels. libvips reads such a file as its first frame without a word. */
function isAnimatedPng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (name === "acTL") return true;
    if (name === "IDAT" || name === "IEND") return false;
  }
  return false;
}

type Decoded = { readonly height: number; readonly width: number; readonly channels: number; readonly values: Uint8Array };

/** Drops the last of two or four channels, its transparency, over white (Pillow's `alpha_composite`). */
function opaque({ height, width, channels, values }: Decoded): Pixels {
  if (channels === 1 || channels === 3) return { height, width, channels, values };
  const colours = channels === 2 ? 1 : 3;
  const over = new Uint8Array(height * width * colours);
  for (let place = 0; place < height * width; place++) {
    const alpha = values[place * channels + colours] ?? 0;
    for (let channel = 0; channel < colours; channel++) {
      const value = values[place * channels + channel] ?? 0;
      over[place * colours + channel] = dividedBy255(value * alpha + 255 * (255 - alpha));
    }
  }
  return { height, width, channels: colours, values: over };
}

/** Nearest whole number of `product / 255`, for products up to 255². */
function dividedBy255(product: number): number {
  const rounded = product + 128;
  return (rounded + (rounded >> 8)) >> 8;
}

/** The decoder's reason in one line, without the names of its own functions. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const last = message.trim().split("\n").at(-1) ?? message;
  return last.replace(/^(?:Input (?:buffer|file) (?:has corrupt header: )?|\w+: )+/, "").trim() || "unknown reason";
}
