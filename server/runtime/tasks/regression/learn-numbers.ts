import type { RunTask } from "@/lib/contract/tasks/tasks";
import { meanOf } from "@/lib/numbers/intervals";
import { type KnownNumbers, regression } from "@/server/engine/tasks/regression/regression";
import { type PlannedLabels, readTargets } from "@/server/files/data/label-plan";
import type { AnswerLearning, Answers } from "@/server/runtime/tasks/answers/answer-learning";

/** The mean of the targets. */
export const learnNumbers: AnswerLearning<Extract<RunTask, { kind: "regression" }>> = {
  task: regression,
  byName: numbersOf,
  byNumber: numbersOf,
};

function numbersOf(path: string, planned: PlannedLabels): Answers {
  return { labels: undefined, known: { mean: meanOf(readTargets(path, planned).train) } satisfies KnownNumbers };
}
