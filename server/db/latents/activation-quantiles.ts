import type { LatentDetail, LatentRow } from "@/lib/contract/latent";
import type { StoredBand } from "./pack-examples";

const binsASign = 64;
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

/**
 * A latent's histogram by sign, and the median, 95th and 99th percentile of |a|.
 *
 * @param histogram 64 counts of positive activations, then 64 of negative ones
 */
export function activationSpread(
  histogram: Uint32Array,
  { maxActivation, minActivation }: Pick<LatentRow, "maxActivation" | "minActivation">,
): Pick<LatentDetail, "histogram" | "quantiles"> {
  const positive = [...histogram.subarray(0, binsASign)];
  const negative = [...histogram.subarray(binsASign)];
  const both = positive.map((count, bin) => count + (negative[bin] ?? 0));
  const largest = Math.max(Math.abs(maxActivation ?? 0), Math.abs(minActivation ?? 0));
  const [p50 = null, p95 = null, p99 = null] = activationQuantiles(both, [0.5, 0.95, 0.99], largest);
  return { histogram: { positive, negative }, quantiles: { p50, p95, p99 } };
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
    const [from, to] = activationQuantiles(positive, [band.from, band.to], maxActivation);
    const examples = band.examples.map(({ activation }) => activation);
    return {
      ...band,
      lowest: Math.min(Math.max(band.lowest, from ?? band.lowest), ...examples),
      highest: Math.max(Math.min(band.highest, to ?? band.highest), ...examples),
    };
  });
}
