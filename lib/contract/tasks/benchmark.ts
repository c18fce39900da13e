import type { BenchmarkMetricName, BenchmarkTask } from "@/lib/contract/benchmark-task";

/** The metrics of a benchmark; the one that it is read by comes first. */
export type MetricNames = readonly [BenchmarkMetricName, ...BenchmarkMetricName[]];

/** What can be asked of a run's model over the rows of a benchmark. */
export type BenchmarkTaskOf<Asked extends { readonly kind: string }> = {
  /** In the list of what can be asked. */
  readonly choice: { readonly label: string; readonly title: string };
  /** In a sentence that begins with "it asks for". */
  readonly asks: string;
  /** In a line of facts; what was set follows it. */
  readonly summary: string;
  /** At the end of a benchmark's name that nobody gave. */
  readonly noun: string;
  /** Whether a row's answer is right or wrong, a number, or there is none. */
  readonly answers: "rightOrWrong" | "number" | "none";
  /** What the rows hold: texts, or prompts that are continued. */
  readonly text: "Text" | "Prompt";
  /** A row's loss. */
  readonly loss: { readonly name: string; readonly unit: string; readonly short: { readonly name: string; readonly unit: string } };
  /** What stands beside the run where that is no base model; else null. */
  readonly baseNote: string | null;
  metrics(asked: Asked): MetricNames;
};

export type AskedOf<Kind extends BenchmarkTask["kind"]> = Extract<BenchmarkTask, { kind: Kind }>;

/** What follows the metric that a benchmark is read by. */
export function readBy(first: BenchmarkMetricName, names: readonly BenchmarkMetricName[]): MetricNames {
  return [first, ...names.filter((name) => name !== first)];
}
