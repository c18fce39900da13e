/** A decoded image: 8 bits a value. */
export type Pixels = {
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
  /** [height, width, channels] */
  readonly values: Uint8Array;
};

/** The image with as many channels as a model takes. Grey weighs the colours as Pillow does (ITU-R 601-2, rounded in 16 bits). */
export function withChannels(pixels: Pixels, channels: 1 | 3): Pixels {
  if (pixels.channels === channels) return pixels;
  const { height, width } = pixels;
  const values = new Uint8Array(height * width * channels);
  for (let place = 0; place < height * width; place++) {
    if (channels === 3) {
      values.fill(pixels.values[place] ?? 0, place * 3, place * 3 + 3);
    } else {
      const [red = 0, green = 0, blue = 0] = pixels.values.subarray(place * 3, place * 3 + 3);
      values[place] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }
  }
  return { height, width, channels, values };
}

/**
 * The middle of an image; where it is smaller than that, black fills the sides. As the processors of transformers that work with Pillow: of an
 * odd difference the smaller half is cut, and the larger half filled, at the top and left.
 */
export function centreCrop(pixels: Pixels, height: number, width: number): Pixels {
  if (pixels.height === height && pixels.width === width) return pixels;
  const { channels } = pixels;
  const top = Math.floor((pixels.height - height) / 2);
  const left = Math.floor((pixels.width - width) / 2);
  const values = new Uint8Array(height * width * channels);
  const fromColumn = Math.max(left, 0);
  const toColumn = Math.min(left + width, pixels.width);
  for (let row = Math.max(-top, 0); row < height && top + row < pixels.height; row++) {
    const start = (top + row) * pixels.width;
    const taken = pixels.values.subarray((start + fromColumn) * channels, (start + toColumn) * channels);
    values.set(taken, (row * width + fromColumn - left) * channels);
  }
  return { height, width, channels, values };
}
