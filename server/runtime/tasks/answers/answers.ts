import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import { meanOf } from "@/lib/numbers/intervals";
import type { AnswerKind } from "@/server/engine/tasks/answers/answer-task";
import { type PlannedLabels, planClasses, readTargets } from "@/server/files/data/label-plan";

/** What a head learns to give: the names of classes, by number, or numbers; with what is known of them before any text is read. */
export type Answers = AnswerKind & { readonly labels: readonly string[] | undefined };

/** How a kind of task learns what its answers are, from the labels of the training rows. */
type AnswersOf<Task extends AnswerTask> = {
  /** Of a dataset, whose labels are written out. @throws FileError saying why they cannot be learned */
  byName(path: string, labels: PlannedLabels, task: Task): Answers;
  /** Of rows tokenised beforehand, whose labels are class numbers already; names may be given for them. @throws FileError as `byName` */
  byNumber(path: string, labels: PlannedLabels, task: Task): Answers;
};

const classes: AnswersOf<Extract<AnswerTask, { kind: "classification" }>> = {
  byName(path, planned, { kind, labels: given }) {
    const { labels, trainRows } = planClasses(path, planned, given);
    return { kind, trainRows, labels };
  },
  byNumber(path, planned, { kind, labels: names }) {
    const most = planned.train.reduce((top, label) => Math.max(top, Number(label)), 0);
    const numbers = Array.from({ length: names?.length ?? most + 1 }, (_, number) => String(number));
    return { kind, trainRows: planClasses(path, planned, numbers).trainRows, labels: names ?? numbers };
  },
};

function numbersOf(path: string, planned: PlannedLabels): Answers {
  const { train } = readTargets(path, planned);
  return { kind: "regression", mean: meanOf(train), labels: undefined };
}

const answersOf: { readonly [Kind in AnswerTask["kind"]]: AnswersOf<Extract<AnswerTask, { kind: Kind }>> } = {
  classification: classes,
  regression: { byName: numbersOf, byNumber: numbersOf },
};

export function answersByName(path: string, labels: PlannedLabels, task: AnswerTask): Answers {
  const own: AnswersOf<AnswerTask> = answersOf[task.kind];
  return own.byName(path, labels, task);
}

export function answersByNumber(path: string, labels: PlannedLabels, task: AnswerTask): Answers {
  const own: AnswersOf<AnswerTask> = answersOf[task.kind];
  return own.byNumber(path, labels, task);
}
