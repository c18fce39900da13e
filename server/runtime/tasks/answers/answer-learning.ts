import type { AnswerTaskOf, Labels } from "@/server/engine/tasks/answers/answer-task";
import type { PlannedLabels } from "@/server/files/data/label-plan";

/** What a head learns to give: the names of classes, by number, or numbers; with what is known of them before any text is read. */
export type Answers = { readonly labels: Labels; readonly known: unknown };

/** How a task learns what its answers are, from the labels of the training rows. */
export type AnswerLearning<Settings> = {
  /** The engine's part of the task. */
  readonly task: AnswerTaskOf;
  /** Of a dataset, whose labels are written out. @throws FileError saying why they cannot be learned */
  byName(path: string, labels: PlannedLabels, settings: Settings): Answers;
  /** Of rows tokenised beforehand, whose labels are numbers already; names may be given for them. @throws FileError as `byName` */
  byNumber(path: string, labels: PlannedLabels, settings: Settings): Answers;
};
