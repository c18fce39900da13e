import type { AddBenchmarkRequest } from "@/lib/contract/benchmark";
import { type AnswerBenchmarkTask, asksForAnswers } from "@/lib/contract/benchmark-task";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { glueTasks } from "@/lib/numbers/metrics/glue-tasks";
import { ServiceError } from "@/server/services/errors";

/**
 * What can be said about a benchmark before its rows are read.
 *
 * @throws ServiceError `invalid`, naming the field and what to do
 */
export function checkBenchmark({ rows, task, isGeneral }: AddBenchmarkRequest, dataSet: DataSetSummary): void {
  const { mapping, part, domains } = rows;
  const { kind, ...roles } = mapping;
  for (const [role, column] of Object.entries(roles)) demandColumn(dataSet, column, `rows.mapping.${role}`);
  if (domains !== null && mapping.domain === undefined)
    refuse("rows.mapping.domain", "Domains are chosen, but no column says which a row is of: map one.");
  const unknown = domains?.find((name) => !dataSet.domains.some((domain) => domain.name === name));
  if (unknown !== undefined && mapping.domain === dataSet.mapping?.domain)
    refuse("rows.domains", `${dataSet.name} has no domain ${JSON.stringify(unknown)}.`);
  const isSplit = part.kind === "split" || (part.kind === "heldOut" && part.split !== undefined);
  if (isSplit && mapping.split === undefined)
    refuse("rows.mapping.split", "A split is chosen, but no column says which a row is of: map one, or take all rows.");
  if (isGeneral && task.kind !== "languageModel")
    refuse("isGeneral", "Forgetting is measured as cross-entropy: a benchmark of general text asks for the language model's loss.");
  if (asksForAnswers(task)) {
    if (kind !== "labelled")
      refuse("rows.mapping", "Classes and numbers are held against a label: map a text, or two, with a label column.");
    checkGlue(task);
    return;
  }
  if (kind === "labelled")
    refuse(
      "rows.mapping",
      "A text with a label is for runs of encoders, and this is asked of runs that continue text: ask for classes or numbers, or map a text or a prompt.",
    );
  if (task.kind === "completion" && kind === "text")
    refuse("rows.mapping", "A plain text has no answer to complete: map a prompt and a completion, an instruction, or a chat.");
  if (task.kind !== "choice") return;
  if (kind === "messages") refuse("rows.mapping", "A chat has no question that choices could follow: map a text or a prompt.");
  demandColumn(dataSet, task.choices, "task.choices");
  demandColumn(dataSet, task.answer, "task.answer");
}

function checkGlue({ kind, glue }: AnswerBenchmarkTask): void {
  if (glue === null) return;
  const { title, target } = glueTasks[glue];
  const isOfNumbers = target.kind === "score";
  if (isOfNumbers !== (kind === "regression"))
    refuse("task.glue", `${title} has ${isOfNumbers ? "scores: ask for numbers" : "classes: ask for classes"}.`);
}

function demandColumn({ name, columns }: DataSetSummary, column: string | undefined, field: string): void {
  if (column === undefined || columns.some((one) => one.name === column)) return;
  const known = columns.map((one) => one.name).join(", ");
  refuse(field, `${name} has no column ${JSON.stringify(column)}. It has ${known}.`);
}

function refuse(field: string, message: string): never {
  throw new ServiceError("invalid", message, { field });
}
