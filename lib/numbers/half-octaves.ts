import { binnedQuantile } from "./binned-quantile";

/** Bins of |activation| for each sign, half an octave wide: bin i holds [2^((i − 32)/2), 2^((i − 31)/2)), the ends hold all beyond. */
export const numHalfOctaves = 64;

/** Mantissa bits of the float32 nearest to √2, which lies below √2: the half octave begins at the next one. */
const rootTwoMantissa = 0x3504f3;

/** @param bits the float32's bit pattern; the sign is ignored */
export function halfOctaveBin(bits: number): number {
  const bin = (((bits >>> 23) & 0xff) - 127) * 2 + ((bits & 0x7fffff) > rootTwoMantissa ? 1 : 0) + 32;
  return bin < 0 ? 0 : bin < numHalfOctaves ? bin : numHalfOctaves - 1;
}

/** The bin of a magnitude in double precision, from 0 on. */
export function halfOctaveOf(magnitude: number): number {
  return Math.min(numHalfOctaves - 1, Math.max(0, Math.floor(2 * Math.log2(magnitude)) + 32));
}

/** Where bins i − 1 and i meet; of a place inside bin i, with i and how far into the bin it is. */
export function halfOctaveEdge(bin: number): number {
  return 2 ** ((bin - 32) / 2);
}

/** The lower bound of a bin's magnitudes; 0 for the first bin. */
export function lowerEdge(bin: number): number {
  return bin === 0 ? 0 : halfOctaveEdge(bin);
}

/** The upper bound of a bin's magnitudes; the last bin also holds all beyond. */
export function upperEdge(bin: number): number {
  return halfOctaveEdge(bin + 1);
}

/**
 * A quantile of |activation|. Inside a bin, values are taken to lie evenly on the log scale, so it is off by at most half an octave.
 *
 * @param counts by bin, of one sign or of both together
 * @param share 0…1
 * @param largest the largest |activation| counted, which no quantile exceeds
 * @returns null when nothing was counted
 */
export function halfOctaveQuantile(counts: ArrayLike<number>, share: number, largest: number): number | null {
  const found = binnedQuantile(counts, share);
  return found === null ? null : Math.min(largest, halfOctaveEdge(found.bin + found.part));
}
