/** Where a quantile lies in a histogram: a bin that counts something, and how far into it the quantile is, from 0 to 1. */
export type BinnedQuantile = { readonly bin: number; readonly part: number };

/**
 * Finds the quantile of binned values. What `part` of a bin means is for the caller to say: values may lie evenly on a linear or a log scale.
 *
 * @param counts whole numbers by bin, of ascending values
 * @param share 0…1
 * @returns null when nothing was counted
 */
export function binnedQuantile(counts: ArrayLike<number>, share: number): BinnedQuantile | null {
  let total = 0;
  for (let bin = 0; bin < counts.length; bin++) total += counts[bin] ?? 0;
  const wanted = share * total;
  let below = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] ?? 0;
    if (count > 0 && below + count >= wanted) return { bin, part: (wanted - below) / count };
    below += count;
  }
  return null;
}
