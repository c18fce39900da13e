const octaveHalves = 2;
const firstExponent = 32;

/**
 * Quantiles of |a| from counts in half-octave bins, bin i holding [2^((i − 32)/2), 2^((i − 31)/2)). Inside a bin values are taken to lie evenly on
 * the log scale, so a quantile is off by at most half an octave.
 *
 * @param counts shape (bins); what lies beyond an end is counted in the end's bin
 * @param largest the largest |a| seen, which no quantile may exceed
 * @returns for each share in 0…1 its quantile; null when nothing was counted
 */
export function activationQuantiles(counts: ArrayLike<number>, shares: readonly number[], largest: number): (number | null)[] {
  let total = 0;
  for (let bin = 0; bin < counts.length; bin++) total += counts[bin] ?? 0;
  return shares.map((share) => {
    if (total === 0) return null;
    const wanted = share * total;
    let below = 0;
    for (let bin = 0; bin < counts.length; bin++) {
      const count = counts[bin] ?? 0;
      if (count > 0 && below + count >= wanted) {
        const exponent = (bin - firstExponent + (wanted - below) / count) / octaveHalves;
        return Math.min(2 ** exponent, largest);
      }
      below += count;
    }
    return largest;
  });
}
