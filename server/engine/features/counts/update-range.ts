import { binnedQuantile } from "@/lib/numbers/binned-quantile";

/** Bins of a twelfth of an octave from 2^−20 to 2^4; the ends hold all beyond. */
const binsAnOctave = 12;
const lowestOctave = -20;
const numBins = 24 * binsAnOctave;

/** How large a module's update is beside the frozen output, position by position: counts of ‖Δ‖ / ‖W0 x + b0‖ and the largest one. */
export type UpdateRatios = { readonly counts: Uint32Array; readonly largest: Float64Array };

/** Of these ratios, to a twelfth of an octave; the largest exactly. */
export type UpdateRange = { p50: number; p99: number; max: number };

export function createUpdateRatios(): UpdateRatios {
  return { counts: new Uint32Array(numBins), largest: new Float64Array(1) };
}

/** @param ratio finite, not negative */
export function countRatio({ counts, largest }: UpdateRatios, ratio: number): void {
  const bin = ratio === 0 ? 0 : Math.floor((Math.log2(ratio) - lowestOctave) * binsAnOctave);
  const held = Math.min(numBins - 1, Math.max(0, bin));
  counts[held] = (counts[held] as number) + 1;
  if (ratio > (largest[0] as number)) largest[0] = ratio;
}

export function mergeRatios(into: UpdateRatios, from: UpdateRatios): void {
  from.counts.forEach((count, bin) => {
    into.counts[bin] = (into.counts[bin] as number) + count;
  });
  into.largest[0] = Math.max(into.largest[0] as number, from.largest[0] as number);
}

/** Null where nothing was counted. */
export function updateRange({ counts, largest }: UpdateRatios): UpdateRange | null {
  const max = largest[0] as number;
  const [p50, p99] = [binnedQuantile(counts, 0.5), binnedQuantile(counts, 0.99)];
  return p50 === null || p99 === null ? null : { p50: Math.min(max, upperEdge(p50.bin)), p99: Math.min(max, upperEdge(p99.bin)), max };
}

function upperEdge(bin: number): number {
  return 2 ** (lowestOctave + (bin + 1) / binsAnOctave);
}
