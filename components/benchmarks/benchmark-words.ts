import type { AnswerForm, BenchmarkMetric, BenchmarkMetricName, BenchmarkScore, BenchmarkSummary } from "@/lib/contract/benchmark";
import type { TaskSummary } from "@/lib/contract/run";
import { formatFixed, formatInteger, formatPlural, formatSigned } from "@/lib/numbers/format";

/** What a metric is called, and what its numbers are written in. */
export const metricWords: { readonly [name in BenchmarkMetricName]: { readonly label: string; readonly unit: string } } = {
  loss: { label: "Loss", unit: "nats a token" },
  perplexity: { label: "Perplexity", unit: "" },
  exactMatch: { label: "Exact match", unit: "% of rows" },
  accuracy: { label: "Accuracy", unit: "% of rows" },
  accuracyPerByte: { label: "Accuracy per byte", unit: "% of rows" },
};

const answerWords: { readonly [form in AnswerForm]: string } = {
  number: "the last number",
  normalised: "normalised text",
  exact: "the exact text",
};

/** What is asked, in a line. */
export function taskWords({ task }: Pick<BenchmarkSummary, "task">): string {
  switch (task.kind) {
    case "languageModel":
      return "loss of the text";
    case "completion":
      return `greedy completion, ${answerWords[task.answer]} compared`;
    case "choice":
      return "choices by log-likelihood";
  }
}

/** Which rows, in a line. */
export function rowWords({ dataName, numRows, rows }: Pick<BenchmarkSummary, "dataName" | "numRows" | "rows">): string {
  const { part, domains } = rows;
  const of = part.kind === "split" ? ` of the split ${part.name}` : part.kind === "heldOut" ? " held out" : "";
  return `${formatPlural(numRows, "row")}${of}, ${dataName}${domains === null ? "" : `: ${domains.join(", ")}`}`;
}

export function isShare(name: BenchmarkMetricName): boolean {
  return name === "exactMatch" || name === "accuracy" || name === "accuracyPerByte";
}

/** A metric's value in its unit; shares in per cent. */
export function formatMetric(name: BenchmarkMetricName, value: number): string {
  return isShare(name) ? formatFixed(100 * value, 1) : formatFixed(value, name === "loss" ? 3 : 2);
}

/** A difference of the metric with its interval, in its unit; shares in percentage points. */
export function formatDifference({ name, difference }: Pick<BenchmarkMetric, "name" | "difference">): {
  readonly value: string;
  readonly interval: string;
} | null {
  if (difference === null) return null;
  const scale = isShare(name) ? 100 : 1;
  const decimals = isShare(name) ? 1 : decimalsOf((difference.high - difference.low) / 2);
  const [value, low, high] = [difference.value, difference.low, difference.high].map((one) => formatSigned(scale * one, decimals));
  return { value: value ?? "", interval: `${low} to ${high}` };
}

/** What may be said of the run: in the verdict's words, and of general text what they mean. */
export function verdictWords({ isGeneral }: Pick<BenchmarkSummary, "isGeneral">, { verdict }: Pick<BenchmarkMetric, "verdict">): string {
  if (!isGeneral) return verdict.text;
  switch (verdict.kind) {
    case "worse":
      return `It forgets. ${verdict.text}`;
    case "better":
      return `It does not forget: the loss fell. ${verdict.text}`;
    case "notDistinguishable":
      return `No forgetting can be told. ${verdict.text}`;
    case "equivalent":
    case "notComparable":
      return verdict.text;
  }
}

/** What limits the numbers. */
export function caveats({ numRows }: Pick<BenchmarkSummary, "numRows">, score: BenchmarkScore): string[] {
  const left = numRows - score.rows;
  const { trainedRows } = score;
  return [
    left === 0 ? "" : `${formatPlural(left, "row")} left out: too long, or without a label.`,
    trainedRows === null || trainedRows === 0
      ? ""
      : `The run trained on ${trainedRows === score.rows ? "all of these rows" : `${formatInteger(trainedRows)} of these rows`}: it says nothing about new ones.`,
  ].filter((text) => text !== "");
}

/** Whether a task still belongs beside the result: while it is open, or when it failed after what is shown was measured. */
export function isTaskShown(task: TaskSummary | null, score: BenchmarkScore | null): task is TaskSummary {
  if (task === null) return false;
  if (task.status === "queued" || task.status === "running") return true;
  return task.status === "failed" && (score === null || Date.parse(task.createdAt) > Date.parse(score.measuredAt));
}

/** Why a benchmark could not be measured: of a task that measured several, what it says of this one. */
export function failureWords({ name }: Pick<BenchmarkSummary, "name">, { error }: Pick<TaskSummary, "error">): string {
  if (error === null) return "No reason was given; the worker's log may tell.";
  const own = error.split("\n").find((line) => line.startsWith(`${name}: `));
  return own === undefined ? error : own.slice(name.length + 2);
}

/** So many that two digits of a spread show. */
function decimalsOf(spread: number): number {
  return spread > 0 ? Math.min(5, Math.max(2, 1 - Math.floor(Math.log10(spread)))) : 3;
}
