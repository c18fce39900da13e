import type { LatentDetail } from "@/lib/contract/latent";
import { halfOctaveOf, lowerEdge, numHalfOctaves, upperEdge } from "@/lib/numbers/half-octaves";

/** Of Neuronpedia's histograms. */
export const barCount = 50;

const ends = Array.from({ length: numHalfOctaves }, (_, bin) => ({ from: lowerEdge(bin), to: upperEdge(bin) }));
const everything = { from: 0, to: Number.POSITIVE_INFINITY };

export type Bars = { values: number[]; heights: number[] };

/**
 * Half-octave counts as bars of equal width between the least and the greatest activation; a bin's count is spread evenly over the bars that it
 * covers, so the heights are fractions that add up to all firings.
 *
 * @returns centres and heights; none for a latent that never fired
 */
export function toBars(histogram: LatentDetail["histogram"], range: { min: number; max: number }): Bars {
  const isSigned = histogram.negative.some((count) => count > 0);
  const low = isSigned ? range.min : 0;
  const width = (range.max - low) / barCount;
  if (!(width > 0)) return { values: [], heights: [] };
  const heights = new Array<number>(barCount).fill(0);
  const spread = (from: number, to: number, count: number) => {
    // What was rounded when it was stored may lie a little beyond the ends.
    const [start, end] = [clamp(from, low, range.max), clamp(to, low, range.max)];
    if (end <= start) {
      add(heights, Math.floor((start - low) / width), count);
      return;
    }
    for (let bar = Math.floor((start - low) / width); bar < barCount && low + bar * width < end; bar++) {
      const overlap = Math.min(end, low + (bar + 1) * width) - Math.max(start, low + bar * width);
      if (overlap > 0) add(heights, bar, (count * overlap) / (end - start));
    }
  };
  for (let bin = 0; bin < numHalfOctaves; bin++) {
    const { from, to } = ends[bin] ?? everything;
    const [positive = 0, negative = 0] = [histogram.positive[bin], histogram.negative[bin]];
    if (positive > 0) spread(from, to, positive);
    if (negative > 0) spread(-to, -from, negative);
  }
  return { values: heights.map((_, bar) => low + (bar + 0.5) * width), heights };
}

/**
 * Bars of equal width as half-octave counts, a bar's firings spread evenly over its width. Fractions are rounded so that all firings are kept.
 *
 * @param fireCount heights that are shares are brought to it
 * @returns 64 counts of positive activations, then 64 of negative ones
 */
export function fromBars({ values, heights }: Bars, fireCount: number): Uint32Array {
  const shares = new Float64Array(2 * numHalfOctaves);
  const width = values.length > 1 ? Math.abs((values[1] ?? 0) - (values[0] ?? 0)) : 0;
  const total = heights.reduce((sum, height) => sum + Math.max(0, height), 0);
  if (!(total > 0) || !(fireCount > 0)) return new Uint32Array(2 * numHalfOctaves);
  for (const [bar, centre] of values.entries()) {
    const share = Math.max(0, heights[bar] ?? 0) / total;
    const [from, to] = [centre - width / 2, centre + width / 2];
    if (share === 0) continue;
    if (to > 0) spreadOver(shares, 0, { from: Math.max(0, from), to }, width > 0 ? (share * (to - Math.max(0, from))) / width : share);
    if (from < 0) spreadOver(shares, numHalfOctaves, { from: Math.max(0, -to), to: -from }, (share * (-from - Math.max(0, -to))) / width);
  }
  return roundKeepingSum(shares, fireCount);
}

function spreadOver(shares: Float64Array, offset: number, range: { from: number; to: number }, share: number): void {
  const size = range.to - range.from;
  const last = halfOctaveOf(range.to);
  for (let bin = halfOctaveOf(range.from); bin <= last; bin++) {
    const { from, to } = ends[bin] ?? everything;
    const overlap = Math.min(range.to, bin === numHalfOctaves - 1 ? range.to : to) - Math.max(range.from, from);
    if (size === 0) add(shares, offset + bin, share);
    else if (overlap > 0) add(shares, offset + bin, (share * overlap) / size);
  }
}

/** Largest remainders: counts that add up to `total`. */
function roundKeepingSum(shares: Float64Array, total: number): Uint32Array {
  const sum = shares.reduce((all, share) => all + share, 0);
  const exact = Array.from(shares, (share) => (share / sum) * total);
  const counts = Uint32Array.from(exact, Math.floor);
  const missing = total - counts.reduce((all, count) => all + count, 0);
  const byRemainder = exact.map((value, bin) => ({ bin, remainder: value - Math.floor(value) })).sort((a, b) => b.remainder - a.remainder);
  for (const { bin } of byRemainder.slice(0, missing)) add(counts, bin, 1);
  return counts;
}

function add(counts: { [at: number]: number; length: number }, at: number, count: number): void {
  const place = clamp(at, 0, counts.length - 1);
  counts[place] = (counts[place] ?? 0) + count;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
