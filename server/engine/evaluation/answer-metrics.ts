import type { AnswerMetric } from "@/lib/contract/run";
import { wilsonInterval } from "@/lib/numbers/intervals";
import { type GlueMetric, glueMetric } from "@/lib/numbers/metrics/glue-tasks";
import { Random } from "@/lib/numbers/random";
import { bootstrapDistribution } from "@/lib/numbers/statistics/bootstrap";
import { fewestExamples } from "@/lib/numbers/statistics/enough-examples";
import { bootstrapInterval } from "@/lib/numbers/statistics/paired-difference";

/** What the answers are: classes by number, or numbers. */
export type AnswerKind =
  | { readonly kind: "classification"; readonly trainRows: readonly number[] }
  | { readonly kind: "regression"; readonly mean: number };

const resamples = 1000;
const level = 0.95;
/** With more undefined resamples the interval would be of another question. */
const mostUndefined = 0.05;

/**
 * The metrics of a head's scores beside those of an answer that does not look at the text: accuracy, F1 (macro F1 of more than two classes)
 * and Matthews' correlation of classes; Pearson's and Spearman's correlation of numbers.
 *
 * @param scores (rows, classes), or (rows) of a regression
 * @param answers (rows) class numbers, or targets
 */
export function answerMetrics(scores: Float32Array, answers: ArrayLike<number>, answer: AnswerKind): AnswerMetric[] {
  if (answer.kind === "regression") {
    return (["pearson", "spearman"] as const).map((name) => measure(name, scores, answers, null));
  }
  const classes = answer.trainRows.length;
  const predicted = Int32Array.from(answers, (_, row) => largestAt(scores.subarray(row * classes, (row + 1) * classes)));
  const commonest = new Int32Array(answers.length).fill(largestAt(answer.trainRows));
  const names: readonly GlueMetric[] = ["accuracy", classes === 2 ? "f1" : "macroF1", "matthews"];
  return names.map((name) => measure(name, predicted, answers, finite(glueMetric(name, commonest, answers)())));
}

/** Losses of an answer that does not look at the text: each class as probable as its share of the training rows, or their mean. */
export function constantLosses(answers: ArrayLike<number>, answer: AnswerKind): Float64Array {
  if (answer.kind === "regression") return Float64Array.from(answers, (target) => (target - answer.mean) ** 2);
  const all = answer.trainRows.reduce((sum, rows) => sum + rows, 0);
  return Float64Array.from(answers, (label) => -Math.log((answer.trainRows[label] ?? 0) / all));
}

/** The first place of the largest value. */
export function largestAt(values: ArrayLike<number>): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if ((values[at] as number) > (values[best] as number)) best = at;
  return best;
}

function measure(name: GlueMetric, predicted: ArrayLike<number>, answers: ArrayLike<number>, constant: number | null): AnswerMetric {
  const metric = glueMetric(name, predicted, answers);
  const value = finite(metric());
  if (value === null || answers.length < fewestExamples) return { name, value, low: null, high: null, constant };
  if (name === "accuracy") {
    const [low, high] = wilsonInterval(value, answers.length);
    return { name, value, low, high, constant };
  }
  const distribution = bootstrapDistribution(metric, answers.length, resamples, new Random(0));
  if (distribution.undefinedResamples > mostUndefined * resamples) return { name, value, low: null, high: null, constant };
  const [low, high] = bootstrapInterval(distribution, metric, answers.length, level, "expanded");
  return { name, value, low, high, constant };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
