import type { LatentDetail, LatentRow } from "@/lib/contract/latent";
import { halfOctaveQuantile, numHalfOctaves } from "@/lib/numbers/half-octaves";
import type { StoredBand } from "./pack-examples";

/**
 * A latent's histogram by sign, and the median, 95th and 99th percentile of |a|.
 *
 * @param histogram 64 counts of positive activations, then 64 of negative ones
 */
export function activationSpread(
  histogram: Uint32Array,
  { maxActivation, minActivation }: Pick<LatentRow, "maxActivation" | "minActivation">,
): Pick<LatentDetail, "histogram" | "quantiles"> {
  const positive = [...histogram.subarray(0, numHalfOctaves)];
  const negative = [...histogram.subarray(numHalfOctaves)];
  const both = positive.map((count, bin) => count + (negative[bin] ?? 0));
  const largest = Math.max(Math.abs(maxActivation ?? 0), Math.abs(minActivation ?? 0));
  const quantile = (share: number) => halfOctaveQuantile(both, share, largest);
  return { histogram: { positive, negative }, quantiles: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) } };
}

/**
 * Bands whose ends are quantiles as the page shows them, rather than the edges of half-octave bins, so that the numbers of a page agree; a band always
 * includes its examples. A latent with both signs keeps the edges: its bands may be ranked by value.
 */
export function bandsWithEnds(
  bands: readonly StoredBand[],
  { positive, negative }: LatentDetail["histogram"],
  { maxActivation }: Pick<LatentRow, "maxActivation">,
): readonly StoredBand[] {
  if (maxActivation === null || negative.some((count) => count > 0)) return bands;
  return bands.map((band) => {
    if (band.lowest === null || band.highest === null) return band;
    const [from, to] = [band.from, band.to].map((share) => halfOctaveQuantile(positive, share, maxActivation));
    const examples = band.examples.map(({ activation }) => activation);
    return {
      ...band,
      lowest: Math.min(Math.max(band.lowest, from ?? band.lowest), ...examples),
      highest: Math.max(Math.min(band.highest, to ?? band.highest), ...examples),
    };
  });
}
