/** Bins of |activation| for each sign, half an octave wide: bin i holds [2^((i − 32)/2), 2^((i − 31)/2)), the ends hold all beyond. */
export const numBins = 64;

/** Mantissa bits of the float32 nearest to √2, which lies below √2: the half octave begins at the next one. */
const rootTwoMantissa = 0x3504f3;

/** @param bits the float32's bit pattern; the sign takes no part */
export function halfOctaveBin(bits: number): number {
  const bin = (((bits >>> 23) & 0xff) - 127) * 2 + ((bits & 0x7fffff) > rootTwoMantissa ? 1 : 0) + 32;
  return bin < 0 ? 0 : bin < numBins ? bin : numBins - 1;
}

/** What a bin's magnitudes are not below; 0 for the first bin. */
export function lowerEdge(bin: number): number {
  return bin === 0 ? 0 : 2 ** ((bin - 32) / 2);
}

/** What a bin's magnitudes are below; the last bin holds all beyond too. */
export function upperEdge(bin: number): number {
  return 2 ** ((bin - 31) / 2);
}

/**
 * The |activation| that a share of the counted ones do not exceed, to half an octave upwards.
 *
 * @param counts by bin, both signs together
 * @param largest the largest |activation| counted, which bounds the answer
 * @returns null when nothing was counted
 */
export function quantileOfBins(counts: ArrayLike<number>, share: number, largest: number): number | null {
  let total = 0;
  for (let bin = 0; bin < numBins; bin++) total += counts[bin] ?? 0;
  if (total === 0) return null;
  let seen = 0;
  for (let bin = 0; bin < numBins; bin++) {
    seen += counts[bin] ?? 0;
    if (seen >= share * total) return Math.min(upperEdge(bin), largest);
  }
  return largest;
}
