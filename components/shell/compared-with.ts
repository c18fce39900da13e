import type { AnswerMetric, EvaluationMetrics } from "@/lib/contract/run";
import type { ReferenceWords } from "@/lib/contract/tasks/task";
import { lossUnit, tasks } from "@/lib/contract/tasks/tasks";
import { capitalised, formatFixed, formatPercent, notMeasured } from "@/lib/numbers/format";
import { metrics } from "@/lib/numbers/metrics/metric-names";

/** What an evaluation's loss is compared with, and its unit. */
export type Comparison = ReferenceWords & { readonly lossUnit: string };

/** The metrics of an evaluation say what its run learned. */
export function comparisonOf({ answers }: Pick<EvaluationMetrics, "answers">): Comparison {
  const { reference, loss } = Object.values(tasks).find(({ metric }) => isOf(metric, answers)) ?? tasks.classification;
  return { ...reference, lossUnit: lossUnit(loss) };
}

function isOf(metric: string | null, answers: EvaluationMetrics["answers"]): boolean {
  return metric === null ? answers == null : (answers ?? []).some(({ name }) => name === metric);
}

export function metricLabel({ name }: AnswerMetric): string {
  const { label } = metrics[name];
  return capitalised(label);
}

/** A share in per cent, a correlation as a number. */
export function metricText({ name }: AnswerMetric, value: number | null): string {
  if (value === null) return notMeasured;
  return metrics[name].unit === "share" ? formatPercent(value) : formatFixed(value, 3);
}
