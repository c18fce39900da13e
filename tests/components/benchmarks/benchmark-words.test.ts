import { describe, expect, it } from "vitest";
import {
  baseWord,
  caveats,
  failureWords,
  formatDifference,
  formatMetric,
  formatOwnInterval,
  isJobShown,
  itemWords,
  metricWords,
  rowWords,
  taskWords,
  verdictWords,
} from "@/components/benchmarks/benchmark-words";
import { itemTextHref } from "@/components/benchmarks/item-link";
import { type BenchmarkScore, benchmarkRows } from "@/lib/contract/benchmark";
import { benchmarkTask } from "@/lib/contract/benchmark-task";
import type { JobSummary } from "@/lib/contract/run";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { readTextAddress } from "@/tests/support/addresses";

const nbsp = "\u00a0";
const rows = benchmarkRows.parse({ dataSetId: "d", mapping: { kind: "promptCompletion", prompt: "q", completion: "a" } });
const difference = (value: number, low: number, high: number) => ({ value, low, high });

describe("words of a benchmark", () => {
  it("say which rows and what is asked", () => {
    const about = { dataName: "sums", numRows: 1200 };
    expect(rowWords({ ...about, rows })).toBe(`1${nbsp}200 rows held out, sums`);
    const split = { ...rows, part: { kind: "split" as const, name: "test" }, domains: ["sea", "land"] };
    expect(rowWords({ ...about, numRows: 1, rows: split })).toBe("1 row of the split test, sums: sea, land");
    expect(rowWords({ ...about, rows: { ...rows, part: { kind: "all" } } })).toBe(`1${nbsp}200 rows, sums`);
    expect(taskWords({ task: benchmarkTask.parse({ kind: "completion" }) })).toBe("greedy completion, last number compared");
  });

  it("write shares in per cent and losses with two digits of their interval", () => {
    expect([formatMetric("exactMatch", 0.125), formatMetric("loss", 2.34567)]).toEqual(["12.5", "2.346"]);
    expect(formatDifference({ name: "accuracy", difference: difference(0.05, -0.01, 0.11) }, 100)).toEqual({
      value: "+5.0",
      interval: "−1.0 to +11.0",
    });
    expect(formatDifference({ name: "loss", difference: difference(-0.01234, -0.01434, -0.01034) }, 100)).toEqual({
      value: "−0.0123",
      interval: "−0.0143 to −0.0103",
    });
    expect(formatDifference({ name: "loss", difference: null }, 100)).toBeNull();
  });

  it("call losses and bases of classes and numbers what they are, and say who stands where a base model would", () => {
    const classes = benchmarkTask.parse({ kind: "classification", classes: ["a", "b", "c"], metric: "accuracy", glue: "mnli" });
    const numbers = benchmarkTask.parse({ kind: "regression", metric: "pearson" });
    const text = benchmarkTask.parse({ kind: "languageModel" });
    expect([classes, numbers].map((task) => taskWords({ task }))).toEqual(["a class of each row, MNLI, 3 classes", "a number of each row"]);
    expect(metricWords("loss", classes)).toEqual({ label: "Loss", unit: "nats per row" });
    expect(metricWords("loss", text)).toEqual({ label: "Loss", unit: "nats per token" });
    expect([classes, numbers, text].map(baseWord)).toEqual(["constant", "constant", "base"]);
    expect(itemWords(numbers)).toMatchObject({ base: "Constant", loss: "error", unit: "squared" });
    expect(itemWords(text)).toMatchObject({ base: "Base", run: "Adapter", unit: "nats per token" });
    expect(benchmarkTasks.classification.reference.note).toMatch(/most common class/);
    expect(benchmarkTasks.regression.reference.note).toMatch(/mean of these rows/);
    expect(benchmarkTasks.languageModel.reference.note).toBeNull();
    expect([formatMetric("f1", 0.5), formatMetric("matthews", 0.25), formatMetric("meanSquaredError", 2)]).toEqual([
      "50.0",
      "0.250",
      "2.000",
    ]);
    expect(formatOwnInterval({ name: "pearson", interval: { low: 0.5, high: 0.75 } })).toBe("0.500 to 0.750");
    expect(rowWords({ dataName: "mnli", numRows: 7, rows: { ...rows, part: { kind: "heldOut", validationRows: 3, split: "dev" } } })).toBe(
      "7 rows held out of the split dev, mnli",
    );
  });

  it("call a loss of general text that rose forgetting, and no more than the verdict allows", () => {
    const say = (kind: "worse" | "better" | "notDistinguishable" | "notComparable", isGeneral: boolean) =>
      verdictWords({ isGeneral }, { verdict: { kind, text: "Words." } });
    expect(say("worse", true)).toBe("Forgetting. Words.");
    expect(say("worse", false)).toBe("Words.");
    expect(say("notDistinguishable", true)).toBe("No significant forgetting. Words.");
    expect(say("notComparable", true)).toBe("Words.");
  });

  it("warn of rows that were left out or trained on", () => {
    const score = { rows: 7, trainedRows: 0 } as BenchmarkScore;
    expect(caveats({ numRows: 7 }, score)).toEqual([]);
    expect(caveats({ numRows: 8 }, { ...score, trainedRows: 3 })).toEqual([
      "1 row skipped: too long, or without a label.",
      "The run trained on 3 of these rows: the result does not carry over to new rows.",
    ]);
    expect(caveats({ numRows: 7 }, { ...score, trainedRows: 7 })).toEqual([
      "The run trained on all of these rows: the result does not carry over to new rows.",
    ]);
  });

  it("say of a task that measured several what failed of this one", () => {
    const error = "sums: all rows are left out\nsea: has changed";
    expect(failureWords({ name: "sea" }, { error })).toBe("has changed");
    expect(failureWords({ name: "land" }, { error: "no model" })).toBe("no model");
  });

  it("show a job while it is open, or when it failed after what is shown", () => {
    const task = { status: "failed", createdAt: "2026-01-02T00:00:00Z" } as JobSummary;
    const at = (measuredAt: string) => ({ measuredAt }) as BenchmarkScore;
    expect(isJobShown(task, null)).toBe(true);
    expect(isJobShown(task, at("2026-01-01T00:00:00Z"))).toBe(true);
    expect(isJobShown(task, at("2026-01-03T00:00:00Z"))).toBe(false);
    expect(isJobShown({ ...task, status: "running" }, at("2026-01-03T00:00:00Z"))).toBe(true);
    expect(isJobShown({ ...task, status: "finished" }, null)).toBe(false);
  });
});

describe("the link to what fired", () => {
  const textOf = (href: string) => readTextAddress(href.slice(href.indexOf("#"))).text;

  it("carries the text with its right answer, joined as the model reads them", () => {
    const task = benchmarkTask.parse({ kind: "completion" });
    const href = itemTextHref("r 1", { rows, task }, { text: "What is 2?", reference: " Two." });
    expect(href.startsWith("/runs/r%201/text#")).toBe(true);
    expect(textOf(href)).toBe("What is 2? Two.");
    const choice = benchmarkTask.parse({ kind: "choice", choices: "c", answer: "a" });
    expect(textOf(itemTextHref("r", { rows, task: choice }, { text: "The sky is", reference: "blue" }))).toBe("The sky is blue");
    expect(textOf(itemTextHref("r", { rows, task }, { text: "a text", reference: null }))).toBe("a text");
    const classes = benchmarkTask.parse({ kind: "classification" });
    expect(textOf(itemTextHref("r", { rows, task: classes }, { text: "a fine film", reference: "positive" }))).toBe("a fine film");
  });
});
