import type { GridSize } from "@/lib/contract/architectures/vision/vision-config";

/** `bicubic`: four neighbours, a = −0.75, edges repeated. `bicubicAntialiased`: a = −0.5, widened where it shrinks, edges left out. */
export type Resampling = "bicubic" | "bicubicAntialiased";

/**
 * Resamples a grid of vectors as PyTorch's `interpolate` does, with centres of cells at half (`align_corners=False`).
 *
 * @param grid (height, width, d)
 * @returns (to.height, to.width, d)
 */
export function resampleGrid(grid: Float32Array, from: GridSize, to: GridSize, how: Resampling): Float32Array {
  const d = grid.length / (from.height * from.width);
  const across = alongAxis(grid, { outer: from.height, inner: d }, resamplingWeights(from.width, to.width, how));
  return Float32Array.from(alongAxis(across, { outer: 1, inner: to.width * d }, resamplingWeights(from.height, to.height, how)));
}

type Taps = { readonly from: number; readonly weights: Float64Array };

/** (outer, length, inner) → (outer, taps, inner) */
function alongAxis(
  values: Float32Array | Float64Array,
  { outer, inner }: { readonly outer: number; readonly inner: number },
  taps: readonly Taps[],
): Float64Array {
  const length = values.length / (outer * inner);
  const result = new Float64Array(outer * taps.length * inner);
  for (let block = 0; block < outer; block++) {
    taps.forEach(({ from, weights }, place) => {
      const to = (block * taps.length + place) * inner;
      weights.forEach((weight, tap) => {
        const source = (block * length + Math.min(Math.max(from + tap, 0), length - 1)) * inner;
        for (let i = 0; i < inner; i++) result[to + i] = (result[to + i] as number) + weight * (values[source + i] as number);
      });
    });
  }
  return result;
}

/** For each place of the result: the first cell that it reads, and the weights of that and the next ones. */
function resamplingWeights(length: number, wanted: number, how: Resampling): Taps[] {
  const scale = length / wanted;
  return Array.from({ length: wanted }, (_, place) => {
    const centre = scale * (place + 0.5);
    return how === "bicubic" ? neighbours(centre - 0.5) : antialiased(centre, Math.max(scale, 1), length);
  });
}

function neighbours(at: number): Taps {
  const from = Math.floor(at) - 1;
  return { from, weights: Float64Array.from({ length: 4 }, (_, tap) => cubic(at - from - tap, -0.75)) };
}

function antialiased(centre: number, width: number, length: number): Taps {
  const from = Math.max(Math.trunc(centre - 2 * width + 0.5), 0);
  const end = Math.min(Math.trunc(centre + 2 * width + 0.5), length);
  const weights = Float64Array.from({ length: end - from }, (_, tap) => cubic((tap + from - centre + 0.5) / width, -0.5));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { from, weights: weights.map((weight) => weight / sum) };
}

/** The cubic convolution kernel (Keys 1981), with slope `a` at 1. */
function cubic(at: number, a: number): number {
  const x = Math.abs(at);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}
