import { halfOctaveEdge } from "@/lib/numbers/half-octaves";
import { powerOfTwo, type Tick } from "@/lib/numbers/ticks";
import type { Bin } from "./histogram-layout";

/** Counts of |a| in half-octave bins, bin i from 2^((i − 32)/2), apart for a > 0 and a < 0. */
export type ActivationCounts = { readonly positive: readonly number[]; readonly negative: readonly number[] };

/** Of one latent; an extreme is null where it is not known. */
type Extremes = { readonly maxActivation: number | null; readonly minActivation: number | null };

/**
 * The occupied stretch of an activation histogram as bins in ascending value. Where both signs occur, the negative half comes first, from its
 * largest magnitude, and both halves reach down to the same smallest one. The outermost bins end at the extremes.
 */
export function activationBins({ positive, negative }: ActivationCounts, { maxActivation: max, minActivation: min }: Extremes): Bin[] {
  const occupied = [...positive, ...negative]
    .map((count, place) => (count > 0 ? place % positive.length : -1))
    .filter((index) => index >= 0);
  if (occupied.length === 0) return [];
  const low = Math.min(...occupied);
  const bins: Bin[] = [];
  for (let index = lastOccupied(negative); index >= low; index--) {
    bins.push({
      from: outermost(-halfOctaveEdge(index + 1), min, -halfOctaveEdge(index)),
      to: -halfOctaveEdge(index),
      count: negative[index] ?? 0,
    });
  }
  for (let index = low; index <= lastOccupied(positive); index++) {
    bins.push({
      from: halfOctaveEdge(index),
      to: outermost(halfOctaveEdge(index + 1), max, halfOctaveEdge(index)),
      count: positive[index] ?? 0,
    });
  }
  return bins;
}

/** Ticks at whole powers of two, at most about `most`, labelled with their sign; where the two halves meet, with both. */
export function activationTicks(bins: readonly Bin[], most: number): Tick[] {
  const edges = bins.length === 0 ? [] : [...bins.map((bin) => bin.from), bins.at(-1)?.to ?? 0];
  const whole = edges.flatMap((value) => {
    const exponent = Math.log2(Math.abs(value));
    return Math.abs(exponent - Math.round(exponent)) < 1e-9 ? [{ value, exponent: Math.round(exponent) }] : [];
  });
  const stride = Math.max(1, Math.ceil(whole.length / Math.max(1, most)));
  const hasNegative = (bins[0]?.from ?? 0) < 0;
  const inner = Math.min(...bins.filter((bin) => bin.from > 0).map((bin) => bin.from));
  const signOf = (value: number) => (value < 0 ? "−" : hasNegative && value === inner ? "±" : "");
  return whole
    .filter(({ exponent }) => exponent % stride === 0)
    .map(({ value, exponent }) => ({ value, label: `${signOf(value)}${powerOfTwo(exponent)}` }));
}

/** The extreme where it lies between a bin's edges, else the outer edge. */
function outermost(outer: number, extreme: number | null, inner: number): number {
  return extreme !== null && (extreme - inner) * (extreme - outer) < 0 ? extreme : outer;
}

function lastOccupied(counts: readonly number[]): number {
  return counts.findLastIndex((count) => count > 0);
}
