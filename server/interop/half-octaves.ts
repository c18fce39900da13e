const firstExponent = 32;
const octaveHalves = 2;

/**
 * A quantile of |a| from counts in half-octave bins, bin i from 2^((i − 32)/2), between whose ends it is interpolated.
 *
 * @param largest the largest |a| known, which no quantile may exceed
 * @returns null when nothing was counted
 */
export function quantileOf(counts: ArrayLike<number>, share: number, largest: number): number | null {
  let total = 0;
  for (let bin = 0; bin < counts.length; bin++) total += counts[bin] ?? 0;
  if (total === 0) return null;
  let below = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] ?? 0;
    if (count > 0 && below + count >= share * total) {
      return Math.min(largest, 2 ** ((bin - firstExponent + (share * total - below) / count) / octaveHalves));
    }
    below += count;
  }
  return largest;
}
