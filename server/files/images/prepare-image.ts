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

/** The same from decoded pixels: resized and cut in 8 bits, then scaled. */
export function preparePixels(decoded: Pixels, processor: ImageProcessor, channels: 1 | 3): PreparedImage {
  const pixels = cut(resized(withChannels(decoded, channels), processor), processor);
  const { height, width } = pixels;
  const places = height * width;
  const values = new Float32Array(channels * places);
  for (let channel = 0; channel < channels; channel++) {
    const scale = processor.rescale ?? 1;
    const mean = processor.normalise === null ? 0 : byChannel(processor.normalise.mean, channel);
    const std = processor.normalise === null ? 1 : byChannel(processor.normalise.std, channel);
    for (let place = 0; place < places; place++) {
      values[channel * places + place] = ((pixels.values[place * channels + channel] ?? 0) * scale - mean) / std;
    }
  }
  return { height, width, values };
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
