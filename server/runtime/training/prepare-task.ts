import { ENCODER_NAMES } from "@/lib/contract/architectures/architectures";
import { type RunTask, type TaskKind, taskOf } from "@/lib/contract/tasks/tasks";
import type { BaseModel, EncoderBase, LoadedBase } from "@/server/runtime/models/load-base-model";
import { prepareAnswerTask } from "./answer-task";
import { prepareLanguageTask } from "./language-task";
import type { PreparedTask, TaskOptions } from "./training-task";

type Preparation<Task extends RunTask> = { prepare(options: TaskOptions, task: Task, base: LoadedBase): Promise<PreparedTask> };

const answers: Preparation<Extract<RunTask, { kind: "classification" | "regression" }>> = {
  prepare: async (options, task, base) => prepareAnswerTask(options, task, encoderFor(task, base)),
};

/** How each task reads its rows and begins; a kind that lacks it does not compile. */
const preparations: { readonly [Kind in TaskKind]: Preparation<Extract<RunTask, { kind: Kind }>> } = {
  languageModel: { prepare: async (options, _, base) => prepareLanguageTask(options, textModel(base)) },
  classification: answers,
  regression: answers,
};

/** @throws FileError naming file and row; Error where the task is not one of the model's */
export function prepareTask(options: TaskOptions, base: LoadedBase): Promise<PreparedTask> {
  const task = taskOf(options.config);
  const own: Preparation<RunTask> = preparations[task.kind];
  return own.prepare(options, task, base);
}

function textModel(base: LoadedBase): BaseModel {
  if (base.kind === "text") return base;
  throw new Error(`${base.path}: is an encoder, which does not generate text; set task to classification or regression`);
}

function encoderFor({ kind }: RunTask, base: LoadedBase): EncoderBase {
  if (base.kind === "encoder") return base;
  throw new Error(`${base.path}: is not a supported encoder, and task ${kind} needs one: ${ENCODER_NAMES.join(", ")}`);
}
