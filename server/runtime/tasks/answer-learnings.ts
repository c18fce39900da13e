import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import type { AnswerLearning } from "./answers/answer-learning";
import { learnClasses } from "./classification/learn-classes";
import { learnNumbers } from "./regression/learn-numbers";

/** How each task that a head answers learns what its answers are; a kind that lacks it does not compile. */
export const answerLearnings: { readonly [Kind in AnswerTask["kind"]]: AnswerLearning<Extract<AnswerTask, { kind: Kind }>> } = {
  classification: learnClasses,
  regression: learnNumbers,
};

export function answerLearning({ kind }: AnswerTask): AnswerLearning<AnswerTask> {
  return answerLearnings[kind];
}
