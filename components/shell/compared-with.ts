import type { AnswerMetric, EvaluationMetrics } from "@/lib/contract/run";
import { formatFixed, formatPercent, notMeasured } from "@/lib/numbers/format";
import { metrics } from "@/lib/numbers/metrics/metric-names";

/** What an evaluation's loss stands beside: a base model has no trained head, so a classifier's stands beside an answer that does not look at the text. */
export type Comparison = {
  /** As it is named beside its number. */
  readonly name: string;
  readonly lossUnit: string;
  /** What it is, for who asks. */
  readonly says: string;
};

export function comparisonOf({ answers }: Pick<EvaluationMetrics, "answers">): Comparison {
  if (answers == null) return { name: "base model", lossUnit: "nats per label token", says: "The same rows with the adapter off." };
  if (answers.some(({ name }) => name === "pearson")) {
    return { name: "mean", lossUnit: "squared error per row", says: "The mean of the training rows, whatever the text." };
  }
  return {
    name: "class shares",
    lossUnit: "nats per row",
    says: "Each class as probable as its share of the training rows, whatever the text.",
  };
}

export function metricLabel({ name }: AnswerMetric): string {
  const { label } = metrics[name];
  return `${label.slice(0, 1).toUpperCase()}${label.slice(1)}`;
}

/** A share in per cent, a correlation as a number. */
export function metricText({ name }: AnswerMetric, value: number | null): string {
  if (value === null) return notMeasured;
  return metrics[name].unit === "share" ? formatPercent(value) : formatFixed(value, 3);
}
