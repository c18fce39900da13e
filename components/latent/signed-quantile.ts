import type { Bin } from "@/components/plots/histogram-layout";
import { binnedQuantile } from "@/lib/numbers/binned-quantile";

/**
 * The value that a share of the counted values do not exceed, from bins in ascending order, none of which holds values of both signs. Inside a bin, values
 * are taken to lie evenly on the log scale.
 *
 * @param share 0…1
 * @returns null when nothing was counted
 */
export function signedQuantile(bins: readonly Bin[], share: number): number | null {
  const found = binnedQuantile(
    bins.map(({ count }) => count),
    share,
  );
  const bin = found === null ? undefined : bins[found.bin];
  if (found === null || bin === undefined) return null;
  const { from, to } = bin;
  return Math.sign(from + to) * Math.abs(from) ** (1 - found.part) * Math.abs(to) ** found.part;
}
