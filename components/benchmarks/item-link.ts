import { writeTextAddress } from "@/components/text/text-address";
import type { BenchmarkItem, BenchmarkSummary } from "@/lib/contract/benchmark";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";

/** The run's page of firings on a text, with an item's text and correct answer; for an encoder, the text alone. */
export function itemTextHref(
  runId: string,
  { rows, task }: Pick<BenchmarkSummary, "rows" | "task">,
  { text, reference }: Pick<BenchmarkItem, "text" | "reference">,
): string {
  const { isLabelled, isSpaced } = benchmarkTasks[task.kind];
  const space = isSpaced || (reference !== null && /\S$/.test(text) && /^\S/.test(reference)) ? " " : "";
  const whole = reference === null || rows.useChatTemplate || isLabelled ? text : `${text}${space}${reference}`;
  return `/runs/${encodeURIComponent(runId)}/text${writeTextAddress({ text: whole, useChatTemplate: rows.useChatTemplate })}`;
}
