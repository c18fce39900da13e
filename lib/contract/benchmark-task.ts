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

/** What is asked of a model, and so which numbers come out. */
export const benchmarkTask = z.discriminatedUnion("kind", [
  /** Cross-entropy and perplexity of label tokens. */
  z.object({ kind: z.literal("languageModel") }),
  /** The greedy completion of each row's prompt against its reference. */
  z.object({
    kind: z.literal("completion"),
    answer: answerForm.default("number"),
    maxNewTokens: z.int().min(1).max(1024).default(64),
    /** An answer ends before the first of these. */
    stop: z.array(z.string().min(1).max(80)).max(4).default([]),
  }),
  /** The most probable of several continuations; columns hold the choices (a list of texts) and the right one (its place from 0, its letter, or its text). */
  z.object({ kind: z.literal("choice"), choices: z.string().min(1), answer: z.string().min(1) }),
  /** The class that an encoder's head gives each row, against the mapping's label column. */
  z.object({
    kind: z.literal("classification"),
    /** In the order of their numbers: F1 is of class 1. Null takes those of GLUE's task, or of the rows, numbers ascending and words by their letters. */
    classes: z.array(z.string().min(1)).min(2).nullable().default(null),
    /** What the benchmark is read by; null takes that of GLUE's task, or accuracy. */
    metric: classMetricName.nullable().default(null),
    /** GLUE's task that the rows are of: labels that are none of its classes are refused. */
    glue: glueName.nullable().default(null),
  }),
  /** The number that an encoder's head gives each row, against the mapping's label column. */
  z.object({
    kind: z.literal("regression"),
    /** Null takes that of GLUE's task, or Pearson's correlation. */
    metric: numberMetricName.nullable().default(null),
    glue: glueName.nullable().default(null),
  }),
]);
export type BenchmarkTask = z.infer<typeof benchmarkTask>;
/** Of encoders with a head. */
export type AnswerBenchmarkTask = Extract<BenchmarkTask, { kind: "classification" | "regression" }>;
