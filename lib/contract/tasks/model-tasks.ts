import { ENCODER_NAMES, IMAGE_ENCODER_NAMES } from "@/lib/contract/architectures/architectures";
import { type BaseModelKind, modelKindOf } from "@/lib/contract/architectures/model-kind";
import { type ColumnMapping, imageColumnOf, labelColumnOf } from "@/lib/contract/data-set";
import type { ModelSummary } from "@/lib/contract/model";
import { isAnswerTask, type RunTask, tasks } from "./tasks";

type Rows = { readonly mapping: ColumnMapping; readonly useChatTemplate?: boolean };

/** What is wrong with how rows are read, and the field at fault. */
export type RowsProblem = { readonly field: "mapping" | "useChatTemplate"; readonly message: string };

/** What a kind of base model reads and can learn. */
type ModelTasks = {
  /** What a run over it learns before anything is chosen. */
  readonly initial: RunTask;
  /** Why a model of this name cannot learn a task; null where it can. */
  taskProblem(name: string, task: RunTask): string | null;
  /** Why it cannot read rows; null where it can. */
  rowsProblem(name: string, rows: Rows): RowsProblem | null;
};

/** Why a model that continues text cannot learn a task; null where it can. */
function textTaskProblem(name: string, task: RunTask): string | null {
  if (task.kind === "languageModel") return null;
  if (!isAnswerTask(task)) return `${name} is a causal language model, which does not denoise images: leave the task out.`;
  const encoders = [...ENCODER_NAMES, ...IMAGE_ENCODER_NAMES].join(", ");
  return `${name} is a causal language model; ${task.kind} is for encoders (${encoders}): choose one of these.`;
}

function textRowsProblem(name: string, { mapping }: Rows): RowsProblem | null {
  if (labelColumnOf(mapping) === undefined) return null;
  return { field: "mapping", message: `Labelled rows are for encoders, and ${name} is a causal language model: map a text column.` };
}

const modelTasks: { readonly [Kind in BaseModelKind]: ModelTasks } = {
  decoder: {
    initial: tasks.languageModel.initial,
    taskProblem: textTaskProblem,
    rowsProblem(name, rows) {
      const problem = textRowsProblem(name, rows);
      if (problem !== null || imageColumnOf(rows.mapping) === undefined) return problem;
      return {
        field: "mapping",
        message: `${name} reads texts alone: leave the column of images out, or choose a model that reads images.`,
      };
    },
  },
  visionLanguage: { initial: tasks.languageModel.initial, taskProblem: textTaskProblem, rowsProblem: textRowsProblem },
  encoder: {
    initial: tasks.classification.initial,
    taskProblem: (name, task) =>
      isAnswerTask(task) ? null : `${name} is an encoder, which does not generate ${made(task)}: choose classification or regression.`,
    rowsProblem(name, { mapping, useChatTemplate = false }) {
      if (mapping.kind !== "labelled") {
        const message = `${name} is an encoder, which reads labelled texts: map one or two text columns and a label column.`;
        return { field: "mapping", message };
      }
      return useChatTemplate ? { field: "useChatTemplate", message: "Encoders do not read chats: turn the chat template off." } : null;
    },
  },
  imageEncoder: {
    initial: tasks.classification.initial,
    taskProblem: (name, task) =>
      isAnswerTask(task)
        ? null
        : `${name} is an encoder of images, which does not generate ${made(task)}: choose classification or regression.`,
    rowsProblem(name, { mapping, useChatTemplate = false }) {
      if (mapping.kind !== "labelledImage") {
        const message = `${name} is an encoder of images: choose data with images, and map an image column and a label column.`;
        return { field: "mapping", message };
      }
      return useChatTemplate ? { field: "useChatTemplate", message: "Encoders do not read chats: turn the chat template off." } : null;
    },
  },
  diffusion: {
    initial: tasks.denoising.initial,
    taskProblem: (name, task) =>
      task.kind === "denoising" ? null : `${name} is a diffusion model, which denoises images: set the task to denoising.`,
    rowsProblem(name, { mapping, useChatTemplate = false }) {
      if (mapping.kind !== "labelledImage") {
        const message = `${name} is a diffusion model: choose data with images, and map an image column and a label column with their classes.`;
        return { field: "mapping", message };
      }
      return useChatTemplate
        ? { field: "useChatTemplate", message: "Diffusion models do not read chats: turn the chat template off." }
        : null;
    },
  },
};

/** What a model gives that has no head for answers. */
function made({ kind }: RunTask): string {
  return kind === "denoising" ? "images" : "text";
}

export function modelTasksOf({ architecture }: Pick<ModelSummary, "architecture">): ModelTasks {
  return modelTasks[modelKindOf(architecture) ?? "decoder"];
}
