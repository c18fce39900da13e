import type { BenchmarkMetricName, BenchmarkSummary } from "@/lib/contract/benchmark";
import type { ScoreOfSides } from "@/lib/contract/comparison";
import type { Metric } from "@/lib/numbers/metrics/metric-names";
import { differenceOf, type SampleMetric } from "@/lib/numbers/metrics/sample-metric";
import type { ResultPair } from "@/server/db/benchmarks/results";
import { knownMetrics, measuredPlaces, metricsOfTask, rightOf, sampleOf } from "@/server/services/benchmarks/score-pair";

/** A number that a benchmark gives of a run. */
export type BenchmarkNumber = Omit<ScoreOfSides, "values"> & {
  readonly name: BenchmarkMetricName;
  readonly benchmarkId: string;
  readonly metric: Metric;
};

/**
 * What a comparison shows of a benchmark: the numbers of its task (perplexity, which is the loss again, left out); of general text how much the adapter
 * adds to the base model's loss.
 */
export function numbersOf({ id, name: source, task, isGeneral }: BenchmarkSummary): BenchmarkNumber[] {
  return metricsOfTask[task.kind]
    .filter((name) => name !== "perplexity")
    .map((name) => {
      const isForgetting = isGeneral && name === "loss";
      const known = knownMetrics[name];
      const metric = isForgetting ? { ...known, label: "forgetting" } : known;
      const { label, better, unit } = metric;
      return { key: `${id}:${name}`, name, benchmarkId: id, source, label, better, unit, isForgetting, metric };
    });
}

/** The number of a run over the rows at these places. */
export function metricOf({ name, isForgetting }: BenchmarkNumber, { adapter, base }: ResultPair, places: readonly number[]): SampleMetric {
  const ofAdapter = sampleOf(name, adapter, places);
  return isForgetting ? differenceOf(ofAdapter, sampleOf(name, base, places)) : ofAdapter;
}

/** Which rows a run has right at these places; undefined where nothing is right or wrong. */
export function rightAt({ name }: BenchmarkNumber, { adapter }: ResultPair, places: readonly number[]): readonly number[] | undefined {
  return rightOf(name, adapter, places) ?? undefined;
}

/** Places of the rows that were measured in all of these results. */
export function sharedPlaces(results: readonly ResultPair[]): number[] {
  const [first, ...others] = results;
  if (first === undefined) return [];
  const measured = others.map((result) => new Set(measuredPlaces(result)));
  return measuredPlaces(first).filter((place) => measured.every((places) => places.has(place)));
}

/** Whether all results cut the rows into the same label tokens: losses a token are of the same thing then. */
export function isCutAlike(results: readonly ResultPair[], places: readonly number[]): boolean {
  const [first, ...others] = results;
  return others.every(({ adapter }) => places.every((place) => adapter.labelTokens[place] === first?.adapter.labelTokens[place]));
}
