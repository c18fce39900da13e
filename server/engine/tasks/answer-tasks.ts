import type { AnswerMetric } from "@/lib/contract/run";
import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import type { AnswerKind, AnswerTaskOf, KnownOf } from "./answers/answer-task";
import { classification } from "./classification/classification";
import { regression } from "./regression/regression";

/** Every task that a head answers; a kind that lacks a part does not compile. */
const answerTasks: { readonly [Kind in AnswerTask["kind"]]: AnswerTaskOf<KnownOf<Kind>> } = { classification, regression };

export function answerTask({ kind }: Pick<AnswerTask, "kind">): AnswerTaskOf<AnswerKind> {
  return answerTasks[kind];
}

/** What a head learns, by the names of its classes: without any it gives a number. */
export function headTask(labels: readonly string[] | null | undefined): AnswerTaskOf<AnswerKind> {
  return labels == null ? regression : classification;
}

/**
 * The metrics of a head's scores beside those of the constant prediction.
 *
 * @param scores (rows, classes), or (rows) of a regression
 * @param answers (rows) class numbers, or targets
 */
export function answerMetrics(scores: Float32Array, answers: ArrayLike<number>, known: AnswerKind): AnswerMetric[] {
  return answerTask(known).metrics(scores, answers, known);
}

/** Losses of the constant prediction. */
export function constantLosses(answers: ArrayLike<number>, known: AnswerKind): Float64Array {
  return answerTask(known).constantLosses(answers, known);
}
