import type { BenchmarkMetric, BenchmarkScore, BenchmarkSummary } from "@/lib/contract/benchmark";
import type { BenchmarkMetricName } from "@/lib/contract/benchmark-names";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import { isOpenJob, type JobSummary } from "@/lib/contract/run";
import { benchmarkTaskOf, benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { formatFixed, formatInteger, formatPlural, formatSigned } from "@/lib/numbers/format";
import { itemMetrics } from "@/lib/numbers/metrics/item-metrics";
import { intervalWords } from "@/lib/numbers/statistics/enough-examples";

/** The name and unit of a metric. */
export function metricWords(
  name: BenchmarkMetricName,
  { kind }: Pick<BenchmarkTask, "kind">,
): { readonly label: string; readonly unit: string } {
  switch (name) {
    case "loss":
      return { label: "Loss", unit: benchmarkTasks[kind].loss.unit };
    case "perplexity":
      return { label: "Perplexity", unit: "" };
    case "exactMatch":
      return { label: "Exact match", unit: "% of rows" };
    case "accuracy":
      return { label: "Accuracy", unit: "% of rows" };
    case "accuracyPerByte":
      return { label: "Accuracy per byte", unit: "% of rows" };
    case "f1":
      return { label: "F1", unit: "%" };
    case "macroF1":
      return { label: "Macro F1", unit: "%" };
    case "matthews":
      return { label: "Matthews correlation", unit: "" };
    case "pearson":
      return { label: "Pearson correlation", unit: "" };
    case "spearman":
      return { label: "Spearman correlation", unit: "" };
    case "meanSquaredError":
      return { label: "Mean squared error", unit: "" };
  }
}

/** What a run is compared with: for classes and numbers, where a base model has no head, a constant prediction. */
export function baseWord({ kind }: BenchmarkTask): string {
  return benchmarkTasks[kind].reference.heads.base.toLowerCase();
}

/** Heads of a table of items. */
export type ItemWords = {
  readonly text: string;
  readonly base: string;
  readonly run: string;
  readonly loss: string;
  readonly unit: string;
  readonly difference: string;
};

export function itemWords({ kind }: BenchmarkTask): ItemWords {
  const { text, loss, reference } = benchmarkTasks[kind];
  const { base, run } = reference.heads;
  const difference = `${run.toLowerCase()} − ${base.toLowerCase()}`;
  return { text, loss: loss.short.name, unit: loss.short.unit, base, run, difference };
}

/** The task in one line. */
export function taskWords({ task }: Pick<BenchmarkSummary, "task">): string {
  const own = benchmarkTaskOf(task);
  return [own.summary, ...own.settings(task)].join(", ");
}

/** The rows in one line. */
export function rowWords({ dataName, numRows, rows }: Pick<BenchmarkSummary, "dataName" | "numRows" | "rows">): string {
  const { part, domains } = rows;
  const split = part.kind === "split" ? part.name : part.kind === "heldOut" ? part.split : undefined;
  const of = `${part.kind === "heldOut" ? " held out" : ""}${split === undefined ? "" : ` of the split ${split}`}`;
  return `${formatPlural(numRows, "row")}${of}, ${dataName}${domains === null ? "" : `: ${domains.join(", ")}`}`;
}

export function isShare(name: BenchmarkMetricName): boolean {
  return itemMetrics[name].unit === "share";
}

/** A metric's value in its unit; shares in percent. */
export function formatMetric(name: BenchmarkMetricName, value: number): string {
  return isShare(name) ? formatFixed(100 * value, 1) : formatFixed(value, name === "perplexity" ? 2 : 3);
}

/** The run's own interval in the metric's unit; empty if there is none. */
export function formatOwnInterval({ name, interval }: Pick<BenchmarkMetric, "name" | "interval">): string {
  return interval === null ? "" : `${formatMetric(name, interval.low)} to ${formatMetric(name, interval.high)}`;
}

/** A difference of the metric with its interval, in its unit; shares in percentage points. */
export function formatDifference(
  { name, difference }: Pick<BenchmarkMetric, "name" | "difference">,
  rows: number,
): {
  readonly value: string;
  readonly interval: string;
} | null {
  if (difference === null) return null;
  const scale = isShare(name) ? 100 : 1;
  const { value, low, high } = difference;
  const decimals = isShare(name) ? 1 : decimalsOf(low === null || high === null ? 0 : (high - low) / 2);
  const write = (one: number) => formatSigned(scale * one, decimals);
  return { value: write(value), interval: intervalWords(difference, rows, write) };
}

/** The verdict on the run; on general text, in terms of forgetting. */
export function verdictWords({ isGeneral }: Pick<BenchmarkSummary, "isGeneral">, { verdict }: Pick<BenchmarkMetric, "verdict">): string {
  if (!isGeneral) return verdict.text;
  switch (verdict.kind) {
    case "worse":
      return `Forgetting. ${verdict.text}`;
    case "better":
      return `No forgetting on this text: the loss fell. ${verdict.text}`;
    case "notDistinguishable":
      return `No significant forgetting. ${verdict.text}`;
    case "equivalent":
    case "notComparable":
      return verdict.text;
  }
}

/** Limits of the numbers. */
export function caveats({ numRows }: Pick<BenchmarkSummary, "numRows">, score: BenchmarkScore): string[] {
  const left = numRows - score.rows;
  const { trainedRows } = score;
  return [
    left === 0 ? "" : `${formatPlural(left, "row")} skipped: too long, or without a label.`,
    trainedRows === null || trainedRows === 0
      ? ""
      : `The run trained on ${trainedRows === score.rows ? "all of these rows" : `${formatInteger(trainedRows)} of these rows`}: the result does not carry over to new rows.`,
  ].filter((text) => text !== "");
}

/** Whether a job is shown with the result: while it is open, or if it failed after that result was measured. */
export function isJobShown(job: JobSummary | null, score: BenchmarkScore | null): job is JobSummary {
  if (job === null) return false;
  if (isOpenJob(job)) return true;
  return job.status === "failed" && (score === null || Date.parse(job.createdAt) > Date.parse(score.measuredAt));
}

/** Why a benchmark could not be measured; the part about this one if the job measured several. */
export function failureWords({ name }: Pick<BenchmarkSummary, "name">, { error }: Pick<JobSummary, "error">): string {
  if (error === null) return "No reason was recorded. See the worker log.";
  const own = error.split("\n").find((line) => line.startsWith(`${name}: `));
  return own === undefined ? error : own.slice(name.length + 2);
}

/** Decimals that show two digits of a spread. */
function decimalsOf(spread: number): number {
  return spread > 0 ? Math.min(5, Math.max(2, 1 - Math.floor(Math.log10(spread)))) : 3;
}
