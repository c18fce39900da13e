import type { RunTask } from "@/lib/contract/tasks/tasks";
import { regression } from "@/server/engine/tasks/regression/regression";
import { type PlannedLabels, readTargets } from "@/server/files/data/label-plan";
import type { AnswerLearning, Answers } from "@/server/runtime/tasks/answers/answer-learning";

/** The mean of the targets. */
export const learnNumbers: AnswerLearning<Extract<RunTask, { kind: "regression" }>> = {
  task: regression,
  byName: numbersOf,
  byNumber: numbersOf,
};

function numbersOf(path: string, planned: PlannedLabels): Answers {
  return { labels: undefined, known: regression.known(readTargets(path, planned).train, 1) };
}
