import type { LatentDetail, LatentRow } from "@/lib/contract/latent";
import { halfOctaveQuantile, numHalfOctaves } from "@/lib/numbers/half-octaves";
import type { LatentExamples, StoredBand, StoredExample } from "./pack-examples";

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

/** Examples that a top band shows when none of its sample lies in it; our choice. */
const fewestOfTop = 5;

/**
 * Bands whose ends are the quantiles that the page shows, each with the examples that lie between them, so that no two numbers of a page contradict each
 * other. The ranks at which samples were drawn are known to half an octave only. A top band without samples shows some of the strongest examples.
 * A latent with both signs that is ranked by value keeps its bands: its quantiles are of |a|.
 *
 * @param top the strongest examples, strongest first
 */
export function bandsWithEnds(
  { top, bands }: LatentExamples,
  { positive, negative }: LatentDetail["histogram"],
  { maxActivation, minActivation, isByMagnitude }: Pick<LatentRow, "maxActivation" | "minActivation"> & { isByMagnitude: boolean },
): readonly StoredBand[] {
  if (maxActivation === null || (!isByMagnitude && negative.some((count) => count > 0))) return bands;
  const largest = Math.max(maxActivation, Math.abs(minActivation ?? 0));
  const counts = positive.map((count, bin) => count + (negative[bin] ?? 0));
  const ends = bands.map(({ to }) => halfOctaveQuantile(counts, to, largest));
  const last = bands.length - 1;
  const bandOf = ({ activation }: StoredExample) => {
    const found = ends.findIndex((end) => end !== null && Math.abs(activation) <= end);
    return found < 0 ? last : found;
  };
  const samples = bands.flatMap(({ examples }) => examples);
  if (samples.length === bands.reduce((sum, { firings }) => sum + firings, 0)) return bands.map(withExactEnds);
  return bands.map((band, place) => {
    if (band.lowest === null || band.highest === null) return band;
    const isInside = (example: StoredExample) => bandOf(example) === place;
    const inside = samples.filter(isInside);
    return {
      ...band,
      lowest: (place === 0 ? bands.find(({ lowest }) => lowest !== null)?.lowest : ends[place - 1]) ?? band.lowest,
      highest: ends[place] ?? band.highest,
      examples: inside.length > 0 || place < last ? inside : evenly(top.filter(isInside), fewestOfTop),
    };
  });
}

/** A band of a latent whose every firing is stored: their ranks are known. */
function withExactEnds(band: StoredBand): StoredBand {
  if (band.examples.length === 0) return band;
  const sizes = band.examples.map(({ activation }) => Math.abs(activation));
  return { ...band, lowest: Math.min(...sizes), highest: Math.max(...sizes) };
}

/** At most `limit` of a list, evenly over it. */
function evenly<Value>(list: readonly Value[], limit: number): readonly Value[] {
  if (list.length <= limit) return list;
  return Array.from({ length: limit }, (_, place) => list[Math.round((place * (list.length - 1)) / (limit - 1))] as Value);
}
