import type { BenchmarkMetric, BenchmarkScore } from "@/lib/contract/benchmark";
import type { BenchmarkMetricName } from "@/lib/contract/benchmark-names";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { formatFixed, formatInteger, formatSigned } from "@/lib/numbers/format";
import { intervalWords } from "@/lib/numbers/statistics/enough-examples";

/** A benchmark on which a run was measured. */
export type MeasuredBenchmark = {
  readonly name: string;
  readonly dataName: string;
  readonly task: BenchmarkTask;
  readonly score: BenchmarkScore;
};

const labels: Readonly<Record<BenchmarkMetricName, string>> = {
  loss: "cross-entropy, nats",
  perplexity: "perplexity",
  exactMatch: "exact match",
  accuracy: "accuracy",
  accuracyPerByte: "accuracy, length-normalised per byte",
  f1: "F1",
  macroF1: "macro F1",
  matthews: "Matthews correlation",
  pearson: "Pearson correlation",
  spearman: "Spearman correlation",
  meanSquaredError: "mean squared error",
};

const head = ["Benchmark", "Rows", "Metric", "With it", "Without it", "Difference, 95 % interval"];

/**
 * Every number of a run on benchmarks as a table, with its reference: the base model, or of a classifier or regression, whose base model has no
 * head, the constant prediction of these rows.
 *
 * @param plain makes a person's text safe within a cell
 */
export function benchmarksText(benchmarks: readonly MeasuredBenchmark[], plain: (text: string) => string): string {
  const rows = benchmarks.flatMap(({ name, dataName, score }) =>
    score.metrics.map((metric) => [
      `${plain(name)} (${plain(dataName)})`,
      formatInteger(score.rows),
      labels[metric.name],
      `${formatFixed(metric.adapter, 4)}${intervalOf(metric.interval)}`,
      metric.base === null ? "not defined" : formatFixed(metric.base, 4),
      differenceOf(metric.difference, score.rows),
    ]),
  );
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const isOfAnswers = benchmarks.some(({ task }) => benchmarkTasks[task.kind].isLabelled);
  const note = isOfAnswers
    ? "Baseline: the most common class, or the mean, of these rows, since the base model has no head."
    : "Without it: the base model on the same rows.";
  return `${lines.join("\n")}\n\n${note} Intervals: bootstrap over rows.`;
}

function intervalOf(interval: BenchmarkMetric["interval"]): string {
  return interval === null ? "" : ` (${formatFixed(interval.low, 4)} to ${formatFixed(interval.high, 4)})`;
}

function differenceOf(difference: BenchmarkMetric["difference"], rows: number): string {
  if (difference === null) return "–";
  const write = (one: number) => formatSigned(one, 4);
  return `${write(difference.value)} (${intervalWords(difference, rows, write)})`;
}
