import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { ColumnMapping } from "@/lib/contract/data-set";
import type { AskedOf } from "@/lib/contract/tasks/benchmark";
import { choicesOf } from "@/server/files/data/choice-row";
import { type BenchmarkDataOf, type BenchmarkProblem, columnProblem } from "./benchmark-data";

const plainText = {
  columns: () => [],
  checkRow: () => undefined,
  settle: <Asked extends BenchmarkTask>(task: Asked) => task,
  reference: () => undefined,
};

export const textLoss: BenchmarkDataOf<AskedOf<"languageModel">> = {
  ...plainText,
  problem: (_, mapping) => (hasLabels(mapping) ? forEncoders : undefined),
};

export const completion: BenchmarkDataOf<AskedOf<"completion">> = {
  ...plainText,
  problem(_, mapping) {
    if (hasLabels(mapping)) return forEncoders;
    if (mapping === "text") return ofMapping("A plain text has no completion: map a prompt and a completion, an instruction, or a chat.");
    return undefined;
  },
};

export const choice: BenchmarkDataOf<AskedOf<"choice">> = {
  ...plainText,
  problem({ choices, answer }, mapping, data) {
    if (hasLabels(mapping)) return forEncoders;
    if (mapping === "messages") return ofMapping("A chat has no question for the choices: map a text or a prompt.");
    return columnProblem(data, choices, "task.choices") ?? columnProblem(data, answer, "task.answer");
  },
  columns: ({ choices, answer }) => [choices, answer],
  checkRow(row, task) {
    choicesOf(row, task);
  },
  reference(row, task) {
    const { texts, answer } = choicesOf(row, task);
    return texts[answer] ?? null;
  },
};

function hasLabels(kind: ColumnMapping["kind"]): boolean {
  return kind === "labelled" || kind === "labelledImage";
}

const forEncoders = ofMapping(
  "Labelled rows are for encoders, and this task is for causal language models: choose classification or regression, or map a text or a prompt.",
);

function ofMapping(message: string): BenchmarkProblem {
  return { field: "rows.mapping", message };
}
