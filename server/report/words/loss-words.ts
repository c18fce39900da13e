import type { ComparedSide } from "@/lib/contract/comparison";

type Task = ComparedSide["task"];

export const taskWords: Record<Task, string> = {
  languageModel: "to continue text",
  classification: "to classify whole texts",
  regression: "to give whole texts a number",
};

/** What the loss of a task is called, and its unit. */
export const lossNames: Record<Task, { readonly name: string; readonly unit: string }> = {
  languageModel: { name: "cross-entropy", unit: "nats a label token" },
  classification: { name: "cross-entropy", unit: "nats a row" },
  regression: { name: "squared error", unit: "mean over rows" },
};

/** What a loss stands beside: a base model has no trained head, so a classifier stands beside an answer that does not look at the text. */
export const baseNames: Record<Task, string> = {
  languageModel: "base model",
  classification: "constant answer",
  regression: "constant answer",
};

/** `loss, nats a row` */
export function lossAxis(task: Task): string {
  const { name, unit } = lossNames[task];
  return `${name}, ${unit}`;
}
