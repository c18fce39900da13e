import type { TextAnswer } from "@/lib/contract/read-text";
import { answerTask } from "@/server/engine/tasks/answer-tasks";
import type { AnswerKind } from "@/server/engine/tasks/answers/answer-task";
import { softmaxRows } from "@/server/engine/tasks/answers/effects/score-changes";

/** What a head's scores say, in the names of its classes; numbers stand for names that are not known. */
export function textAnswerOf(scores: ArrayLike<number>, labels: readonly string[] | undefined): TextAnswer {
  if (scores.length === 1) return { kind: "number", value: scores[0] ?? Number.NaN };
  const classes = Array.from(softmaxRows(scores, scores.length), (probability, at) => ({
    label: labelOf(labels, at),
    score: scores[at] ?? Number.NaN,
    probability,
  }));
  return { kind: "classes", classes };
}

export function labelOf(labels: readonly string[] | undefined, place: number): string {
  return labels?.[place] ?? String(place);
}

/**
 * The answer that does not look at the text: each class as probable as its share of the training rows, or their mean.
 *
 * @returns null where a class was never trained on, which then has no score
 */
export function constantTextAnswer(answer: AnswerKind, labels: readonly string[] | undefined): TextAnswer | null {
  const scores = answerTask(answer).constantScores(answer);
  return scores === null ? null : textAnswerOf(scores, labels);
}
