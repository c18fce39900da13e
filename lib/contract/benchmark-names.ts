import { z } from "zod";

/** How an answer is taken from a completion, and when it is right. */
export const answerForm = z.enum([
  /** The last number of completion and reference (after "####", where that stands), compared by value. */
  "number",
  /** Text without case, articles, punctuation and doubled spaces. */
  "normalised",
  /** The text itself, spaces at its ends left off. */
  "exact",
]);
export type AnswerForm = z.infer<typeof answerForm>;

/**
 * Shares of rows are `exactMatch`, `accuracy`, `accuracyPerByte`, `f1` (of class 1) and `macroF1`; correlations are `matthews`, `pearson` and
 * `spearman`; `loss` is in nats per label token, of a classification in nats per row.
 */
export const benchmarkMetricName = z.enum([
  "loss",
  "perplexity",
  "exactMatch",
  "accuracy",
  "accuracyPerByte",
  "f1",
  "macroF1",
  "matthews",
  "pearson",
  "spearman",
  "meanSquaredError",
]);
export type BenchmarkMetricName = z.infer<typeof benchmarkMetricName>;

export const classMetricName = benchmarkMetricName.extract(["accuracy", "f1", "macroF1", "matthews"]);
export type ClassMetricName = z.infer<typeof classMetricName>;
export const numberMetricName = benchmarkMetricName.extract(["pearson", "spearman", "meanSquaredError"]);
export type NumberMetricName = z.infer<typeof numberMetricName>;

/** Tasks of GLUE (Wang et al. 2018), by the names of the hub's data set. */
export const glueName = z.enum(["cola", "sst2", "mrpc", "stsb", "qqp", "mnli", "qnli", "rte", "wnli"]);
export type GlueName = z.infer<typeof glueName>;
