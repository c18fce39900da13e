import { writeTextAddress } from "@/components/text/text-address";
import type { BenchmarkItem, BenchmarkSummary } from "@/lib/contract/benchmark";
import { asksForAnswers } from "@/lib/contract/benchmark-task";

/** The run's page of firings on a text, with an item's text and correct answer; for an encoder, the text alone. */
export function itemTextHref(
  runId: string,
  { rows, task }: Pick<BenchmarkSummary, "rows" | "task">,
  { text, reference }: Pick<BenchmarkItem, "text" | "reference">,
): string {
  const space = task.kind === "choice" || (reference !== null && /\S$/.test(text) && /^\S/.test(reference)) ? " " : "";
  const whole = reference === null || rows.useChatTemplate || asksForAnswers(task) ? text : `${text}${space}${reference}`;
  return `/runs/${encodeURIComponent(runId)}/text${writeTextAddress({ text: whole, useChatTemplate: rows.useChatTemplate })}`;
}
