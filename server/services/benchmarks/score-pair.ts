import type { BenchmarkMetric, BenchmarkMetricName, BenchmarkScore, BenchmarkTask } from "@/lib/contract/benchmark";
import { perplexityOver } from "@/lib/numbers/metrics/language";
import { type Metric, metrics } from "@/lib/numbers/metrics/metric-names";
import { type SampleMetric, sampleMean, sampleRatio } from "@/lib/numbers/metrics/sample-metric";
import { comparePaired } from "@/lib/numbers/statistics/paired-difference";
import { discordantOf, mcnemarMidP } from "@/lib/numbers/statistics/paired-tests";
import { comparisonVerdict } from "@/lib/numbers/statistics/verdict";
import type { ResultColumns } from "@/server/db/benchmarks/results";

/** Items of one model; the two of a pair are of the same rows. */
export type Items = Pick<ResultColumns, "lossSums" | "labelTokens" | "right" | "rightPerByte">;
export type ItemPair = { readonly adapter: Items; readonly base: Items };

/** The metrics of a task; the one that it is read by comes first. */
export const metricsOfTask: { readonly [kind in BenchmarkTask["kind"]]: readonly BenchmarkMetricName[] } = {
  languageModel: ["loss", "perplexity"],
  completion: ["exactMatch", "loss"],
  choice: ["accuracy", "accuracyPerByte", "loss"],
};

/** What is known of each metric. */
export const knownMetrics: { readonly [name in BenchmarkMetricName]: Metric } = {
  loss: metrics.loss,
  perplexity: metrics.perplexity,
  exactMatch: metrics.exactMatch,
  accuracy: metrics.multipleChoice,
  accuracyPerByte: { ...metrics.multipleChoice, label: "accuracy of choices per byte" },
};

/** Draws that one interval is worth: over more rows there are fewer resamples. */
const mostDraws = 1e7;
const [fewestResamples, mostResamples] = [500, 2000];

/** Places of the rows that were measured. */
export function measuredPlaces({ adapter, base }: ItemPair): number[] {
  return [...adapter.labelTokens.keys()].filter((place) => adapter.labelTokens[place] !== 0 && base.labelTokens[place] !== 0);
}

/**
 * A run's numbers beside its base model's, with intervals paired over rows.
 *
 * @param domainOf of each row its place among the domains, −1 for none
 * @throws RangeError when no row was measured
 */
export function scorePair(
  task: BenchmarkTask["kind"],
  pair: ItemPair,
  { domains, domainOf }: { readonly domains: readonly string[]; readonly domainOf: Int32Array },
): Pick<BenchmarkScore, "rows" | "labelTokens" | "metrics" | "byDomain"> {
  const places = measuredPlaces(pair);
  if (places.length === 0) throw new RangeError("no row was measured");
  const names = metricsOfTask[task];
  const [first] = names;
  const byDomain = domains.flatMap((domain, at) => {
    const own = places.filter((place) => domainOf[place] === at);
    return own.length === 0 || first === undefined ? [] : [{ domain, rows: own.length, metric: measure(first, pair, own) }];
  });
  return {
    rows: places.length,
    labelTokens: places.reduce((sum, place) => sum + (pair.adapter.labelTokens[place] ?? 0), 0),
    metrics: names.map((name) => measure(name, pair, places)).filter(({ adapter, base }) => Number.isFinite(adapter - base)),
    byDomain: domains.length < 2 ? [] : byDomain,
  };
}

function measure(name: BenchmarkMetricName, { adapter, base }: ItemPair, places: readonly number[]): BenchmarkMetric {
  const [ofAdapter, ofBase] = [sampleOf(name, adapter, places), sampleOf(name, base, places)];
  const resamples = Math.round(Math.min(mostResamples, Math.max(fewestResamples, mostDraws / places.length)));
  const difference = comparePaired(ofAdapter, ofBase, places.length, { resamples });
  const [right, baseRight] = [rightOf(name, adapter, places), rightOf(name, base, places)];
  const pValue = right === null || baseRight === null ? null : mcnemarMidP(discordantOf(right, baseRight));
  const verdict = comparisonVerdict({
    metric: knownMetrics[name],
    first: "The adapter",
    second: "the base model",
    difference,
    about: "runs",
    ...(pValue === null ? {} : { pValue }),
  });
  return {
    name,
    adapter: ofAdapter(),
    base: ofBase(),
    difference: difference === undefined ? null : { value: difference.difference, low: difference.low, high: difference.high },
    pValue,
    verdict,
  };
}

/** A metric of one model over the rows at these places. */
export function sampleOf(name: BenchmarkMetricName, items: Items, places: readonly number[]): SampleMetric {
  const right = rightOf(name, items, places);
  if (right !== null) return sampleMean(right);
  const [sums, tokens] = [picked(items.lossSums, places), picked(items.labelTokens, places)];
  return name === "perplexity" ? perplexityOver(sums, tokens) : sampleRatio(sums, tokens);
}

/** 1 where a row is right, at these places; null of a metric that knows no right and wrong. */
export function rightOf(name: BenchmarkMetricName, { right, rightPerByte }: Items, places: readonly number[]): number[] | null {
  switch (name) {
    case "exactMatch":
    case "accuracy":
      return right && picked(right, places);
    case "accuracyPerByte":
      return rightPerByte && picked(rightPerByte, places);
    case "loss":
    case "perplexity":
      return null;
  }
}

function picked(values: ArrayLike<number>, places: readonly number[]): number[] {
  return places.map((place) => values[place] ?? Number.NaN);
}
