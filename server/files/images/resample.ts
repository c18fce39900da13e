import { antialiasedTaps, cubicKernel, type ResamplingCurve } from "@/lib/numbers/resampling";
import type { Pixels } from "./pixels";

/** Pillow's filters, by the numbers that `resample` has in `preprocessor_config.json`. */
export const resampleFilters = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"] as const;
export type ResampleFilter = (typeof resampleFilters)[number];

/** Bits of a weight's fraction: 32 less 8 of a pixel and 2 for weights that sum beyond 1 (Pillow's `PRECISION_BITS`). */
const weightBits = 22;
const half = 1 << (weightBits - 1);

/**
 * Resizes as Pillow does (`Image.resize` of 8-bit images, `src/libImaging/Resample.c`): filters widen when an image is made smaller, rows come
 * before columns, and each of the two passes rounds to 8 bits. The result equals Pillow's in every pixel.
 */
export function resample(pixels: Pixels, height: number, width: number, filter: ResampleFilter): Pixels {
  if (height === pixels.height && width === pixels.width) return pixels;
  if (filter === "nearest") return nearest(pixels, height, width);
  return alongColumns(alongRows(pixels, width, filter), height, filter);
}

/** @returns pixels of the given width, each a weighted sum of its row's */
function alongRows(pixels: Pixels, width: number, filter: WeightedFilter): Pixels {
  if (width === pixels.width) return pixels;
  const { height, channels } = pixels;
  const { first, count, weights, most } = weightsOf(pixels.width, width, filter);
  const values = new Uint8Array(height * width * channels);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const taken = count[column] ?? 0;
      const from = (row * pixels.width + (first[column] ?? 0)) * channels;
      for (let channel = 0; channel < channels; channel++) {
        let sum = half;
        for (let place = 0; place < taken; place++) {
          sum += (pixels.values[from + place * channels + channel] ?? 0) * (weights[column * most + place] ?? 0);
        }
        values[(row * width + column) * channels + channel] = clipped(sum);
      }
    }
  }
  return { height, width, channels, values };
}

/** @returns pixels of the given height, each a weighted sum of its column's */
function alongColumns(pixels: Pixels, height: number, filter: WeightedFilter): Pixels {
  if (height === pixels.height) return pixels;
  const { width, channels } = pixels;
  const { first, count, weights, most } = weightsOf(pixels.height, height, filter);
  const stride = width * channels;
  const values = new Uint8Array(height * stride);
  for (let row = 0; row < height; row++) {
    const taken = count[row] ?? 0;
    const from = (first[row] ?? 0) * stride;
    for (let entry = 0; entry < stride; entry++) {
      let sum = half;
      for (let place = 0; place < taken; place++) {
        sum += (pixels.values[from + place * stride + entry] ?? 0) * (weights[row * most + place] ?? 0);
      }
      values[row * stride + entry] = clipped(sum);
    }
  }
  return { height, width, channels, values };
}

type WeightedFilter = Exclude<ResampleFilter, "nearest">;

type Weights = {
  /** Of each new pixel: the first old one that it takes, and how many. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [new pixels, most] in units of 2^-22. */
  readonly weights: Int32Array;
  readonly most: number;
};

function weightsOf(from: number, to: number, filter: WeightedFilter): Weights {
  const taps = antialiasedTaps(from, to, curves[filter]);
  const most = taps.reduce((largest, { weights }) => Math.max(largest, weights.length), 0);
  const weights = new Int32Array(to * most);
  for (const [place, own] of taps.entries()) weights.set(own.weights.map(fixed), place * most);
  return {
    first: Int32Array.from(taps, (own) => own.from),
    count: Int32Array.from(taps, (own) => own.weights.length),
    weights,
    most,
  };
}

const curves: Readonly<Record<WeightedFilter, ResamplingCurve>> = {
  box: { support: 0.5, weigh: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weigh: (x) => Math.max(1 - Math.abs(x), 0) },
  hamming: {
    support: 1,
    weigh: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x))),
  },
  bicubic: { support: 2, weigh: (x) => cubicKernel(x, -0.5) },
  lanczos: { support: 3, weigh: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function fixed(weight: number): number {
  return Math.trunc(weight * 2 ** weightBits + (weight < 0 ? -0.5 : 0.5));
}

function clipped(sum: number): number {
  return Math.min(Math.max(sum >> weightBits, 0), 255);
}

function nearest(pixels: Pixels, height: number, width: number): Pixels {
  const { channels } = pixels;
  const rows = nearestOf(pixels.height, height);
  const columns = nearestOf(pixels.width, width);
  const values = new Uint8Array(height * width * channels);
  let place = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * pixels.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) values[place++] = pixels.values[from + channel] ?? 0;
    }
  }
  return { height, width, channels, values };
}

/** The old pixel under each new one's centre. Pillow sums up the steps, so rounding errors do the same here. */
function nearestOf(from: number, to: number): Int32Array {
  const scale = from / to;
  let centre = scale * 0.5;
  return Int32Array.from({ length: to }, () => {
    const old = Math.min(Math.trunc(centre), from - 1);
    centre += scale;
    return old;
  });
}
