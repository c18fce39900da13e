import type { AnswerMetric } from "@/lib/contract/run";
import type { AnswerTask } from "@/lib/contract/tasks/tasks";

/** What is known of a run's answers before any text is read: how often each class is trained on, or the mean of the targets. */
export type AnswerKind =
  | { readonly kind: "classification"; readonly trainRows: readonly number[] }
  | { readonly kind: "regression"; readonly mean: number };

export type KnownOf<Kind extends AnswerTask["kind"]> = Extract<AnswerKind, { kind: Kind }>;

/** A task that a head over an encoder answers, with a class by number or with a number. */
export type AnswerTaskOf<Known extends AnswerKind> = {
  /** The answer of a row that has none. */
  readonly none: number;
  /** What a written label stands for. @param labels names of the classes by number; not read by a regression */
  reader(labels: readonly string[] | undefined): (label: string | null) => number;
  /** What the answers of rows tell. @param numClasses not read by a regression */
  known(answers: ArrayLike<number>, numClasses: number): Known;
  /** The answer that a row's scores give. */
  answerOf(scores: Float32Array): number;
  /** The metrics of a head's scores beside those of the constant prediction. @param scores (rows, numLabels) */
  metrics(scores: Float32Array, answers: ArrayLike<number>, known: Known): AnswerMetric[];
  /** The answer that does not look at the text, best in its metrics. */
  constantAnswer(known: Known): number;
  /** Its losses: each class as probable as its share of the training rows, or the mean. */
  constantLosses(answers: ArrayLike<number>, known: Known): Float64Array;
  /** Its scores; null where a class was never trained on, which then has none. */
  constantScores(known: Known): readonly number[] | null;
};
