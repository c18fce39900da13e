import sharp from "sharp";
import type { Pixels } from "./pixels";

/** What a diffusion model made, (channels, height, width) in −1…1 and a little beyond, as 8-bit values. */
export function madeImage(
  values: Float32Array,
  { channels, height, width }: { readonly channels: 1 | 3; readonly height: number; readonly width: number },
): Pixels {
  const places = height * width;
  const pixels = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const share = Math.min(1, Math.max(0, (values[at] as number) / 2 + 0.5));
    pixels[(at % places) * channels + Math.floor(at / places)] = Math.round(255 * share);
  }
  return { channels, height, width, values: pixels };
}

/** Between the images of a grid, and the least size of one, to be seen without a magnifier; ours. */
const gap = 2;
const leastWidth = 96;

/** Images of one size in rows and columns, each pixel enlarged to a square of whole pixels. */
export function imageGrid(rows: readonly (readonly Pixels[])[]): Pixels {
  const [{ channels, height, width } = { channels: 3 as const, height: 1, width: 1 }] = rows.flat();
  const scale = Math.max(1, Math.ceil(leastWidth / width));
  const columns = Math.max(...rows.map((row) => row.length));
  const size = { height: rows.length * (height * scale + gap) - gap, width: columns * (width * scale + gap) - gap };
  const values = new Uint8Array(size.height * size.width * channels).fill(255);
  rows.forEach((row, i) => {
    row.forEach((image, j) => {
      const [top, left] = [i * (height * scale + gap), j * (width * scale + gap)];
      for (let y = 0; y < height * scale; y++) {
        for (let x = 0; x < width * scale; x++) {
          const from = (Math.floor(y / scale) * width + Math.floor(x / scale)) * channels;
          values.set(image.values.subarray(from, from + channels), ((top + y) * size.width + left + x) * channels);
        }
      }
    });
  });
  return { channels, ...size, values };
}

export async function asPng({ channels, height, width, values }: Pixels): Promise<Uint8Array> {
  return sharp(values, { raw: { height, width, channels } })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .png()
    .toBuffer();
}
