import type { AnswerBenchmarkTask } from "@/lib/contract/tasks/benchmark-tasks";
import { glueTasks } from "@/lib/numbers/metrics/glue-tasks";
import { labelsOfTask } from "./labels-of-tasks";
import type { WrittenLabel } from "./task-labels";

const mostNamed = 5;

/**
 * The task with its classes and its metric settled by the labels of its rows.
 *
 * @throws Error saying what is wrong with the labels and what to do
 */
export function settleAnswers(task: AnswerBenchmarkTask, labels: readonly WrittenLabel[]): AnswerBenchmarkTask {
  const missing = labels.filter(({ label }) => label === "").map(({ row }) => row);
  if (missing.length > 0) throw new Error(`no label in row ${listed(missing)}: fill it in, or remove these rows`);
  refusePlaceholders(labels);
  return labelsOfTask(task).settle(task, labels, task.glue === null ? undefined : glueTasks[task.glue]);
}

/**
 * GLUE hides the labels of its test splits behind −1. A −1 among other numbers of the same split is a class like any other.
 *
 * @throws Error where a split has no other label
 */
function refusePlaceholders(labels: readonly WrittenLabel[]): void {
  const ofSplit = new Map<string | undefined, Set<string>>();
  for (const { label, split } of labels) ofSplit.set(split, (ofSplit.get(split) ?? new Set()).add(label.trim()));
  for (const [split, own] of ofSplit) {
    if (![...own].every((label) => Number(label) === -1)) continue;
    const where = split === undefined ? "every row" : `every row of the split ${JSON.stringify(split)}`;
    throw new Error(`${where} is labelled -1, which means no label: GLUE's test labels are not public. Use a validation split`);
  }
}

function listed(rows: readonly number[]): string {
  const more = rows.length - mostNamed;
  return `${rows.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
