import type { PreviewRequest } from "@/lib/contract/data-set";
import { type RunTask, type TaskKind, taskOf } from "@/lib/contract/tasks/tasks";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import type { LoadedBase } from "@/server/runtime/models/load-base-model";
import type { LoadedModel } from "@/server/runtime/models/loaded-model";
import type { PreparedTask, TaskOptions } from "@/server/runtime/training/training-task";
import { answerLearnings } from "./answer-learnings";
import { answersRuntime } from "./answers/answers-runtime";
import { imagePreview } from "./answers/image-preview";
import { denoising } from "./denoising/denoising";
import { languageModel } from "./language-model/language-model";
import type { RowPreview } from "./row-preview";
import type { TaskRuntime } from "./task-runtime";

/** How each task runs; a kind that lacks a part does not compile. */
const runtimes: { readonly [Kind in TaskKind]: TaskRuntime<Extract<RunTask, { kind: Kind }>> } = {
  languageModel,
  classification: answersRuntime(answerLearnings.classification),
  regression: answersRuntime(answerLearnings.regression),
  denoising,
};

/** How rows are shown before they are trained on. */
export function previewFor({ task, mapping }: PreviewRequest): RowPreview {
  const own = runtimes[task ?? "languageModel"].preview;
  // What reads images without a head says itself what it takes their labels for.
  return mapping.kind === "labelledImage" && task !== "denoising" ? imagePreview : own;
}

/** @throws FileError naming file and row; Error where the task is not one of the model's */
export function prepareTask(options: TaskOptions, base: LoadedBase): Promise<PreparedTask> {
  const task = taskOf(options.config);
  const own: TaskRuntime<RunTask> = runtimes[task.kind];
  return own.prepare(options, task, base);
}

/** The task that a model was trained for. */
export function taskOfModel(model: LoadedModel): Omit<TaskRuntime<RunTask>, "preview" | "prepare"> {
  return runtimes[kindOfModel(model.base).taskOf(model)];
}
