/** A filter's weight at a distance, in old pixels, and how far it reaches to one side. */
export type ResamplingCurve = { readonly support: number; weigh(distance: number): number };

/** The old pixels that one new pixel reads: the first, and the weights of that and the next ones. */
export type ResamplingTaps = { readonly from: number; readonly weights: readonly number[] };

/**
 * How `length` pixels become `wanted`, with pixel centres at half, as Pillow's `resize` and PyTorch's `interpolate` with `antialias` do it: the filter widens
 * where it shrinks, pixels beyond the edges are left out, and the weights of each new pixel sum to 1.
 */
export function antialiasedTaps(length: number, wanted: number, { support, weigh }: ResamplingCurve): ResamplingTaps[] {
  const scale = length / wanted;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  return Array.from({ length: wanted }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const from = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const end = Math.min(Math.trunc(centre + reach + 0.5), length);
    const weights = Array.from({ length: end - from }, (_, tap) => weigh((tap + from - centre + 0.5) * (1 / stretch)));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { from, weights: sum === 0 ? weights : weights.map((weight) => weight / sum) };
  });
}

/** The cubic convolution kernel (Keys 1981), with slope `a` at 1. */
export function cubicKernel(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}
