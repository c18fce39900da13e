import { z } from "zod";
import { classification, classificationSettings } from "./classification/classification";
import { denoising, denoisingSettings } from "./denoising/denoising";
import { languageModel, languageModelSettings } from "./language-model/language-model";
import { regression, regressionSettings } from "./regression/regression";
import type { LossWords, TaskOf } from "./task";

/** What a run learns: to continue text, of an encoder to classify its inputs or give each a number, or of a diffusion model to denoise images. */
export const runTask = z.discriminatedUnion("kind", [languageModelSettings, classificationSettings, regressionSettings, denoisingSettings]);
export type RunTask = z.infer<typeof runTask>;

export const taskKind = z.enum(runTask.options.map(({ shape }) => shape.kind.value));
export type TaskKind = RunTask["kind"];

/** What a head over an encoder learns. */
export type AnswerTask = Exclude<RunTask, { kind: "languageModel" | "denoising" }>;

/** Every kind of task; a kind that lacks a part does not compile. */
export const tasks: { readonly [K in TaskKind]: TaskOf<Extract<RunTask, { kind: K }>> } = {
  languageModel,
  classification,
  regression,
  denoising,
};

type WithTask = { readonly task?: RunTask | undefined };

/** What a run learns; of a configuration that does not say, to continue text. */
export function taskOf({ task }: WithTask): RunTask {
  return task ?? languageModel.initial;
}

/** Whether a run's model continues text. */
export function continuesText(config: WithTask): boolean {
  return tasks[taskOf(config).kind].continuesText;
}

/** Whether a head over an encoder learns it. */
export function isAnswerTask(task: RunTask): task is AnswerTask {
  return isAnswerKind(task.kind);
}

/** What is learned from rows with labels: classes or numbers that a head answers, or classes that a diffusion model is told. */
export type LabelledTask = Exclude<RunTask, { kind: "languageModel" }>;

/** Whether the rows of a task have labels. */
export function isLabelledTask(task: RunTask): task is LabelledTask {
  return tasks[task.kind].labels !== null;
}

/** Every kind of task whose rows have labels. */
export const labelledKinds = taskKind.options.filter((kind): kind is LabelledTask["kind"] => tasks[kind].labels !== null);

/** Every kind of task that a head answers. */
export const answerKinds = taskKind.options.filter(isAnswerKind);

export function isAnswerKind(kind: TaskKind): kind is AnswerTask["kind"] {
  return tasks[kind].head !== null;
}

/** What is known of a head by its files. */
type HeadFacts = { readonly numLabels: number; readonly problemType: string | undefined };

/** The task that a head learned: the one that its files name, else the usual one for this many scores. */
export function taskOfHead({ numLabels, problemType }: HeadFacts): AnswerTask["kind"] {
  const found =
    answerKinds.find((kind) => tasks[kind].head?.problemType === problemType) ??
    answerKinds.find((kind) => tasks[kind].head?.isUsualOf(numLabels));
  if (found === undefined) throw new RangeError(`no task has a head with ${numLabels} scores`);
  return found;
}

/** What a head's files must say for `taskOfHead` to find its task again; undefined where the number of scores is enough. */
export function notedProblemType(kind: TaskKind, numLabels: number): string | undefined {
  const { head } = tasks[kind];
  return head === null || head.isUsualOf(numLabels) ? undefined : head.problemType;
}

/** The task of a run that is known only by the files of its head. @param labels names of its classes; none for a task without classes */
export function learnedTask(kind: AnswerTask["kind"], labels: readonly string[]): AnswerTask {
  const own: TaskOf<AnswerTask> = tasks[kind];
  if (own.head === null) throw new RangeError(`task ${kind} has no head`);
  return own.head.learned(labels);
}

/** Names of the classes that were chosen for a task; null where there are none, or they are those of the training rows. */
export function namedClasses(task: RunTask): readonly string[] | null {
  const own: TaskOf<RunTask> = tasks[task.kind];
  return own.classes(task);
}

/** The task as a configuration's list of facts has it; undefined where it goes without saying. */
export function taskFacts(task: RunTask): string | undefined {
  const own: TaskOf<RunTask> = tasks[task.kind];
  return own.facts(task);
}

/** What a task's head learns, in the form of a new run; null where the model's own is used. */
export function headNote(task: RunTask): string | null {
  const own: TaskOf<RunTask> = tasks[task.kind];
  return own.headNote(task);
}

/** What a benchmark of a run's own held-out rows asks. */
export function ownBenchmark(task: RunTask): ReturnType<TaskOf<RunTask>["ownBenchmark"]> {
  const own: TaskOf<RunTask> = tasks[task.kind];
  return own.ownBenchmark(task);
}

/** The task as a preview of rows is told of it; nothing of one that continues text. */
export function previewOf(task: RunTask) {
  if (!isLabelledTask(task)) return {};
  const { kind } = task;
  return kind === "classification" ? { task: kind, labels: task.labels } : { task: kind };
}

/** `cross-entropy, nats per row`; `squared error per row`, which is its own unit. */
export function lossAxis(loss: LossWords): string {
  return loss.name === loss.unit ? lossUnit(loss) : `${loss.name}, ${lossUnit(loss)}`;
}

/** `nats per row` */
export function lossUnit({ unit, per }: LossWords): string {
  return `${unit} per ${per}`;
}
