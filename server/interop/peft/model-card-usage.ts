import { basename, dirname } from "node:path";
import { hubOrigin } from "@/lib/contract/hub-origin";
import { isLatentMethod, methodOf } from "@/lib/contract/methods/methods";
import type { ModelSummary } from "@/lib/contract/model";
import type { RunMethod } from "@/lib/contract/run-config";
import { namedClasses, type RunTask, tasks } from "@/lib/contract/tasks/tasks";

/** Names of a classifier's classes in the order of its scores, or how many there are where no file names them. */
export type Classes = readonly string[] | number;

/** What a card says of its base model. */
export type CardModel = Pick<ModelSummary, "name" | "revision"> & Partial<Pick<ModelSummary, "format" | "path">>;

type Usage = {
  readonly method: RunMethod;
  readonly task: RunTask;
  readonly model: CardModel | undefined;
  readonly classes: Classes | undefined;
};

/** How a model card's reader loads what it describes in Python. */
export function usageText({ method, task, model, classes }: Usage): string {
  const { autoModel: auto } = tasks[task.kind].transformers;
  const { imports, installation } = methodOf({ method }).card;
  const isPeft = isLatentMethod(method);
  const { base, file } = placeOf(model);
  const { before, options } = headOptions(task, classes);
  const code = [
    ...imports,
    isPeft ? "from peft import PeftModel" : "from safetensors.torch import load_file",
    `from transformers import ${auto}`,
    "",
    ...before,
    `${isPeft ? "base" : "model"} = ${auto}.from_pretrained(${[quoted(base), ...file, ...options].join(", ")})`,
    isPeft
      ? 'model = PeftModel.from_pretrained(base, "path/of/this/folder").eval()'
      : 'model.load_state_dict(load_file("path/of/this/folder/weights.safetensors"), strict=False)',
  ];
  return `${installation === "" ? "" : `${installation}\n\n`}\`\`\`python\n${code.join("\n")}\n\`\`\``;
}

/** Where transformers finds the base model: on the hub, or in the folder of its GGUF file, which must be named. */
function placeOf(model: CardModel | undefined): { base: string; file: string[] } {
  const base = (model && hubOrigin(model))?.id ?? "path/of/the/base/model";
  if (model?.format !== "gguf" || model.path === undefined) return { base, file: [] };
  return { base: dirname(model.path), file: [`gguf_file=${quoted(basename(model.path))}`] };
}

/** The base model's class must be told the size of the head, which the adapter's file then fills. */
function headOptions(task: RunTask, classes: Classes | undefined): { before: string[]; options: string[] } {
  const { answers } = tasks[task.kind];
  if (answers === null) return { before: [], options: [] };
  if (answers === "numbers") return { before: [], options: ["num_labels=1"] };
  const known = classes ?? namedClasses(task) ?? undefined;
  if (known === undefined) return { before: ["num_labels = 2  # as many classes as the head has"], options: ["num_labels=num_labels"] };
  if (typeof known === "number") return { before: [], options: [`num_labels=${known}`] };
  return {
    before: [`labels = [${known.map(quoted).join(", ")}]`],
    options: [
      "num_labels=len(labels)",
      "id2label=dict(enumerate(labels))",
      "label2id={label: number for number, label in enumerate(labels)}",
    ],
  };
}

/** As Python writes a string, and without what would end the block of code. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("`", "\\u0060");
}
