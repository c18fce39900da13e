import type { RunTask } from "@/lib/contract/tasks/tasks";
import { classification, type KnownClasses } from "@/server/engine/tasks/classification/classification";
import { planClasses } from "@/server/files/data/label-plan";
import type { AnswerLearning } from "@/server/runtime/tasks/answers/answer-learning";

/** The classes, with how many rows each is trained on. */
export const learnClasses: AnswerLearning<Extract<RunTask, { kind: "classification" }>> = {
  task: classification,
  byName(path, planned, { labels: given }) {
    const { labels, trainRows } = planClasses(path, planned, given);
    return { labels, known: { trainRows } satisfies KnownClasses };
  },
  byNumber(path, planned, { labels: names }) {
    const most = planned.train.reduce((top, label) => Math.max(top, Number(label)), 0);
    const numbers = Array.from({ length: names?.length ?? most + 1 }, (_, number) => String(number));
    const { trainRows } = planClasses(path, planned, numbers);
    return { labels: names ?? numbers, known: { trainRows } satisfies KnownClasses };
  },
};
