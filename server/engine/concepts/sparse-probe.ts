import { type ProbeScore, probeScoreOf } from "@/lib/numbers/metrics/probe-score";
import { fitLogistic, logOddsOf } from "@/lib/numbers/statistics/logistic-regression";
import { type ProbeInterval, probeInterval } from "@/lib/numbers/statistics/ranking-interval";
import type { ProbeFeatures } from "./probe-features";
import type { ProbeRows, ProbeSplit } from "./probe-rows";

/** What a probe that read some columns says of rows it was not trained on. */
export type MeasuredProbe = {
  readonly columns: readonly number[];
  /** Of each column in the log-odds. */
  readonly weights: readonly number[];
  readonly score: ProbeScore;
  readonly interval: ProbeInterval;
};

/** The columns whose means over the train rows differ most, by the size of the difference, largest first; those that do not differ are left out. */
export function rankedColumns(features: ProbeFeatures, train: ProbeRows, most: number): Int32Array {
  const sizes = features.differences(train).map(Math.abs);
  const least = sizes.toSorted().at(-most) ?? 0;
  const differing = Int32Array.from(sizes.keys()).filter((column) => (sizes[column] as number) >= least && sizes[column] !== 0);
  return differing.sort((a, b) => (sizes[b] as number) - (sizes[a] as number) || a - b).subarray(0, most);
}

/** A probe of some columns, trained on one half and measured on the other. */
export function measureProbe(features: ProbeFeatures, columns: Int32Array, split: ProbeSplit, seed: number): MeasuredProbe {
  const { weights, positives, negatives } = trainProbe(features, columns, split);
  return {
    columns: [...columns],
    weights: [...weights],
    interval: probeInterval(positives, negatives, { seed }),
    score: probeScoreOf(positives, negatives),
  };
}

/** The AUROC alone. */
export function probeAuroc(features: ProbeFeatures, columns: Int32Array, split: ProbeSplit): number {
  const { positives, negatives } = trainProbe(features, columns, split);
  return probeScoreOf(positives, negatives).auroc;
}

/** @returns log-odds of the test rows */
function trainProbe(features: ProbeFeatures, columns: Int32Array, { train, test }: ProbeSplit) {
  const labels = [...train.positives.map(() => true), ...train.negatives.map(() => false)];
  const fit = fitLogistic(features.read(train, columns), labels);
  const logOdds = Float32Array.from(logOddsOf(fit, features.read(test, columns)));
  const middle = test.positives.length;
  return { weights: fit.weights, positives: logOdds.slice(0, middle), negatives: logOdds.slice(middle) };
}
