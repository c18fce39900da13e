import type { Bin } from "@/components/plots/histogram-layout";

/**
 * The value that a share of the counted values do not exceed, from bins in ascending order, none of which holds values of both signs. Inside a bin, values
 * are taken to lie evenly on the log scale.
 *
 * @param share 0…1
 * @returns null when nothing was counted
 */
export function signedQuantile(bins: readonly Bin[], share: number): number | null {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  const wanted = share * total;
  let below = 0;
  for (const { from, to, count } of bins) {
    if (count > 0 && below + count >= wanted) {
      const part = (wanted - below) / count;
      return Math.sign(from + to) * Math.abs(from) ** (1 - part) * Math.abs(to) ** part;
    }
    below += count;
  }
  return bins.at(-1)?.to ?? null;
}
