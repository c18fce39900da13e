import type { RunTask } from "@/lib/contract/tasks/tasks";
import { type BaseModel, type LoadedBase, refuseDiffusion } from "@/server/runtime/models/load-base-model";
import type { TaskRuntime } from "@/server/runtime/tasks/task-runtime";
import { lossEvents } from "./loss-events";
import { prepareLanguageModel } from "./prepare-language-model";
import { heldOutTextRows, inputTextRows } from "./text-latent-rows";
import { textPreview } from "./text-preview";

/** Next tokens of text, through the model's own head. */
export const languageModel: TaskRuntime<Extract<RunTask, { kind: "languageModel" }>> = {
  preview: textPreview,
  prepare: async (options, _, base) => prepareLanguageModel(options, textModel(base)),
  heldOutRows: heldOutTextRows,
  inputRows: inputTextRows,
  readText: lossEvents,
};

function textModel(base: LoadedBase): BaseModel {
  if (base.kind === "text") return base;
  refuseDiffusion(base);
  throw new Error(`${base.path}: is an encoder, which does not generate text; set task to classification or regression`);
}
