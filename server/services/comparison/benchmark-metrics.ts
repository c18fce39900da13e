import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import type { BenchmarkMetricName } from "@/lib/contract/benchmark-names";
import { benchmarkTasks, metricsOfTask } from "@/lib/contract/tasks/benchmark-tasks";
import { type ItemMetricName, type Items, itemMetrics, rightOf, sampleOf } from "@/lib/numbers/metrics/item-metrics";
import type { Metric } from "@/lib/numbers/metrics/metric-names";
import { differenceOf, type SampleMetric } from "@/lib/numbers/metrics/sample-metric";
import type { ResultPair } from "@/server/db/benchmarks/results";
import type { LineWords } from "./judge-lines";

/** A number that a benchmark gives of a run. */
export type BenchmarkNumber = { readonly name: BenchmarkMetricName; readonly metric: Metric; readonly words: LineWords };

/**
 * What a comparison shows of a benchmark: the numbers of its task (perplexity, which is the loss again, left out); of general text how much the adapter
 * adds to the base model's loss.
 */
export function numbersOf({ id, name: source, task, isGeneral }: BenchmarkSummary): BenchmarkNumber[] {
  const { isLabelled } = benchmarkTasks[task.kind];
  return metricsOfTask(task)
    .filter((name) => name !== "perplexity")
    .map((name) => {
      const isForgetting = isGeneral && name === "loss" && !isLabelled;
      const metric = isForgetting ? { ...itemMetrics[name], label: "forgetting" } : itemMetrics[name];
      const each = isLabelled ? ("row" as const) : ("token" as const);
      const words = { key: `${id}:${name}`, benchmarkId: id, source, ...metric, each, isForgetting };
      return { name, metric, words };
    });
}

/** The number of a run over the rows at these places. */
export function metricOf({ name, words }: BenchmarkNumber, { adapter, base }: ResultPair, places: readonly number[]): SampleMetric {
  const ofAdapter = sampleOf(name, adapter, places);
  return words.isForgetting ? differenceOf(ofAdapter, sampleOf(name, base, places)) : ofAdapter;
}

/** Of two sides with one run each, which rows are right at these places; undefined of a metric that is no share of right rows. */
export function rightsOf(name: ItemMetricName, firsts: readonly Items[], seconds: readonly Items[], places: readonly number[]) {
  const [first, second] = [firsts[0], seconds[0]];
  // A run beside itself differs by exactly 0, whatever its rows leave open.
  if (firsts.length !== 1 || first === undefined || second === undefined || first === second) return undefined;
  const [right, other] = [rightOf(name, first, places), rightOf(name, second, places)];
  return right === null || other === null ? undefined : ([right, other] as const);
}

/** Places of the rows that were measured in all of these results, base models' included. */
export function sharedPlaces(results: readonly ResultPair[]): number[] {
  const [first] = results;
  if (first === undefined) return [];
  const isMeasured = (place: number) =>
    results.every(({ adapter, base }) => adapter.labelTokens[place] !== 0 && base.labelTokens[place] !== 0);
  return [...first.adapter.labelTokens.keys()].filter(isMeasured);
}

/** Whether all runs have the same number of label tokens in each row: their losses per token are comparable then. */
export function isCutAlike(runs: readonly Pick<Items, "labelTokens">[], places: readonly number[]): boolean {
  const [first, ...others] = runs;
  return others.every(({ labelTokens }) => places.every((place) => labelTokens[place] === first?.labelTokens[place]));
}
