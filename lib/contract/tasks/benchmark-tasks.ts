import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { AskedOf, BenchmarkTaskOf, MetricNames } from "./benchmark";
import { classes } from "./classification/benchmark";
import { choice, completion, textLoss } from "./language-model/benchmarks";
import { numbers } from "./regression/benchmark";
import type { AnswerTask, TaskKind } from "./tasks";

/** Everything that a benchmark can ask; a kind that lacks a part does not compile. */
export const benchmarkTasks: { readonly [Kind in BenchmarkTask["kind"]]: BenchmarkTaskOf<AskedOf<Kind>> } = {
  languageModel: textLoss,
  completion,
  choice,
  classification: classes,
  regression: numbers,
};

/** Benchmarks of encoders with a head. */
export type AnswerBenchmarkTask = Extract<BenchmarkTask, { kind: AnswerTask["kind"] }>;

/** What can be asked of a run, by what it learned. */
export const askedOfTask: { readonly [Kind in TaskKind]: readonly BenchmarkTask["kind"][] } = {
  languageModel: ["languageModel", "completion", "choice"],
  classification: ["classification"],
  regression: ["regression"],
  denoising: [],
};

/** The metrics of a task; the one that it is read by comes first. */
export function metricsOfTask(task: BenchmarkTask): MetricNames {
  return benchmarkTaskOf(task).metrics(task);
}

/** Names of the classes that are asked for, by number; null where none are. */
export function classesAsked(task: BenchmarkTask): readonly string[] | null {
  return benchmarkTaskOf(task).classes(task);
}

/** Answers as numbers, NaN for none; null where they are text. */
export function answerNumbers(task: BenchmarkTask, answers: readonly (string | null)[] | null): Float64Array | null {
  return answers && benchmarkTaskOf(task).numbersOf(task, answers);
}

export function benchmarkTaskOf({ kind }: BenchmarkTask): BenchmarkTaskOf<BenchmarkTask> {
  return benchmarkTasks[kind];
}
