import type { GridSize } from "@/lib/contract/architectures/vision/vision-config";
import { antialiasedTaps, cubicKernel, type ResamplingTaps } from "@/lib/numbers/resampling";

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
  const across = alongAxis(grid, { outer: from.height, inner: d }, resamplingTaps(from.width, to.width, how));
  return Float32Array.from(alongAxis(across, { outer: 1, inner: to.width * d }, resamplingTaps(from.height, to.height, how)));
}

/** (outer, length, inner) → (outer, taps, inner) */
function alongAxis(
  values: Float32Array | Float64Array,
  { outer, inner }: { readonly outer: number; readonly inner: number },
  taps: readonly ResamplingTaps[],
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
function resamplingTaps(length: number, wanted: number, how: Resampling): ResamplingTaps[] {
  if (how === "bicubicAntialiased") return antialiasedTaps(length, wanted, { support: 2, weigh: (x) => cubicKernel(x, -0.5) });
  return Array.from({ length: wanted }, (_, place) => {
    const at = (length / wanted) * (place + 0.5) - 0.5;
    const from = Math.floor(at) - 1;
    return { from, weights: Array.from({ length: 4 }, (_, tap) => cubicKernel(at - from - tap, -0.75)) };
  });
}
