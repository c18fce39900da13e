import { decodeImage } from "./decode-image";
import type { ImageProcessor } from "./image-processor";
import { centreCrop, type Pixels, withChannels } from "./pixels";
import { resample } from "./resample";

/** An image as a model takes it. */
export type PreparedImage = {
  readonly height: number;
  readonly width: number;
  /** [channels, height, width] */
  readonly values: Float32Array;
};

/**
 * Decodes an image and prepares it as its model's checkpoint says.
 *
 * @param path names the image in errors
 * @param channels that the model takes
 * @throws FileError when the image cannot be read
 */
export async function prepareImage(path: string, bytes: Uint8Array, processor: ImageProcessor, channels: 1 | 3): Promise<PreparedImage> {
  return preparePixels(await decodeImage(path, bytes), processor, channels);
}

/** The same from decoded pixels. */
export function preparePixels(decoded: Pixels, processor: ImageProcessor, channels: 1 | 3): PreparedImage {
  return scaled(sizedPixels(decoded, processor, channels), processor);
}

/** The first half, in 8 bits: resized and cut. */
export function sizedPixels(decoded: Pixels, processor: ImageProcessor, channels: 1 | 3): Pixels {
  return cut(resized(withChannels(decoded, channels), processor), processor);
}

/** The second half: each of the 256 values has one number a channel. */
export function scaled({ height, width, channels, values: pixels }: Pixels, processor: ImageProcessor): PreparedImage {
  const places = height * width;
  const values = new Float32Array(channels * places);
  for (let channel = 0; channel < channels; channel++) {
    const numbers = numbersOf(processor, channel);
    for (let place = 0; place < places; place++) {
      values[channel * places + place] = numbers[pixels[place * channels + channel] ?? 0] ?? 0;
    }
  }
  return { height, width, values };
}

function numbersOf({ rescale, normalise }: ImageProcessor, channel: number): Float32Array {
  const mean = normalise === null ? 0 : byChannel(normalise.mean, channel);
  const std = normalise === null ? 1 : byChannel(normalise.std, channel);
  return Float32Array.from({ length: 256 }, (_, value) => (value * (rescale ?? 1) - mean) / std);
}

function resized(pixels: Pixels, { resize }: ImageProcessor): Pixels {
  if (resize === null) return pixels;
  if ("height" in resize) return resample(pixels, resize.height, resize.width, resize.filter);
  const { height, width } = pixels;
  const long = Math.trunc((resize.shortestEdge * Math.max(height, width)) / Math.min(height, width));
  return width <= height
    ? resample(pixels, long, resize.shortestEdge, resize.filter)
    : resample(pixels, resize.shortestEdge, long, resize.filter);
}

function cut(pixels: Pixels, { crop }: ImageProcessor): Pixels {
  return crop === null ? pixels : centreCrop(pixels, crop.height, crop.width);
}

/** One value may stand for all channels; a model of one channel takes the first. */
function byChannel(values: readonly number[], channel: number): number {
  return values[channel] ?? values[0] ?? 0;
}
