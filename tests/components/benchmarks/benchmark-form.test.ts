import { describe, expect, it } from "vitest";
import { type BenchmarkForm, changesFor, emptyForm, type FormRun } from "@/components/benchmarks/benchmark-form";
import { requestOf } from "@/components/benchmarks/benchmark-request";
import { layOutAxis, layOutInterval } from "@/components/benchmarks/interval-layout";
import type { DataSetSummary } from "@/lib/contract/data-set";

const dataSet: DataSetSummary = {
  id: "d1",
  name: "Sums",
  path: "/sums.jsonl",
  format: "jsonl",
  rows: 9,
  sizeBytes: 9,
  columns: ["question", "answer", "options", "label"].map((name) => ({ name, samples: [] })),
  mapping: { kind: "promptCompletion", prompt: "question", completion: "answer" },
  domains: [],
  splits: [],
  licence: null,
  createdAt: "",
};
const run: FormRun = { dataSetId: null, mapping: null, validationRows: 64, task: "languageModel" };
const form: BenchmarkForm = emptyForm([dataSet], run);

describe("the form of a benchmark", () => {
  it("begins with the first dataset's columns, and a default name from its task", () => {
    expect(form).toMatchObject({ dataSetId: "d1", mapping: dataSet.mapping, choicesColumn: "options", answerColumn: "answer" });
    expect(requestOf(form, dataSet)).toMatchObject({ name: "Sums, loss", task: { kind: "languageModel" }, isGeneral: false });
    expect(requestOf({ ...form, task: "choice", domains: ["sea"], name: " " }, dataSet)).toMatchObject({
      name: "Sums (sea), choices",
      task: { kind: "choice", choices: "options", answer: "answer" },
    });
  });

  it("reads the ends of an answer, a line each", () => {
    const request = requestOf({ ...form, task: "completion", stop: "\\n\\n\nQ:\n" }, dataSet);
    expect(request).toMatchObject({ task: { kind: "completion", answer: "number", maxNewTokens: 64, stop: ["\n\n", "Q:"] } });
  });

  it("leaves general text out of what is answered", () => {
    expect(requestOf({ ...form, isGeneral: true }, dataSet)).toMatchObject({ isGeneral: true });
    expect(requestOf({ ...form, isGeneral: true, task: "completion" }, dataSet)).toMatchObject({ isGeneral: false });
  });

  it.each<[string, Partial<BenchmarkForm>, RegExp]>([
    ["a completion of plain text", { task: "completion", mapping: { kind: "text", text: "question" } }, /no completion to score/],
    ["choices after a chat", { task: "choice", mapping: { kind: "messages", messages: "question" } }, /chats are not supported/],
    ["choices without a column", { task: "choice", choicesColumn: "" }, /Select the columns/],
  ])("says what is missing of %s", (_what, changes, message) => {
    expect(requestOf({ ...form, ...changes }, dataSet)).toMatch(message);
  });

  it("asks for data where there is none, and forgets the domains of other data", () => {
    expect(requestOf(emptyForm([], run), undefined)).toBe("Choose a dataset.");
    expect(changesFor({ ...dataSet, id: "d2" }, run)).toMatchObject({ dataSetId: "d2", domains: null });
  });
});

describe("the form of a benchmark of an encoder's run", () => {
  const labelled = { kind: "labelled" as const, text: "question", label: "label", split: "split" };
  const own: FormRun = { dataSetId: "d1", mapping: labelled, validationRows: 300, task: "classification" };

  it("begins with the run's own columns and the rows that it holds out, and asks for classes by accuracy", () => {
    expect(requestOf(emptyForm([dataSet], own), dataSet)).toMatchObject({
      name: "Sums, classes",
      rows: { mapping: labelled, part: { kind: "heldOut", validationRows: 300 }, count: 2000 },
      task: { kind: "classification", metric: null, glue: null },
    });
    expect(emptyForm([{ ...dataSet, id: "d2" }], own).mapping).toMatchObject({ kind: "labelled", text: "question", label: "label" });
  });

  it("asks for numbers by the metric that is chosen", () => {
    const numbers = { ...emptyForm([dataSet], { ...own, task: "regression" }), numberMetric: "spearman" as const, glue: "stsb" as const };
    expect(requestOf(numbers, dataSet)).toMatchObject({
      name: "Sums, numbers",
      task: { kind: "regression", metric: "spearman", glue: "stsb" },
    });
  });

  it("says what is missing of rows without a label, and of MNLI's two parts together", () => {
    const begun = emptyForm([dataSet], own);
    expect(requestOf({ ...begun, mapping: { kind: "text", text: "question" } }, dataSet)).toMatch(/text and label/);
    const mnli = { ...dataSet, splits: ["train", "validation_matched", "validation_mismatched"].map((name) => ({ name, rows: 3 })) };
    expect(requestOf(begun, mnli)).toMatch(/two benchmarks, which are never averaged/);
    expect(requestOf({ ...begun, part: { kind: "split", name: "validation_matched" } }, mnli)).toMatchObject({
      name: "Sums, validation_matched, classes",
    });
  });
});

describe("layOutInterval", () => {
  const alone = (difference: { value: number; low: number; high: number }) =>
    layOutInterval(difference, layOutAxis([difference], 112) ?? expect.fail("no axis"));

  it("puts 0 in the middle, the whole interval within, and tells whether it leaves 0 out", () => {
    expect(alone({ value: -2, low: -4, high: 1 })).toEqual({ zero: 56, at: 31, from: 6, to: 68.5, excludesZero: false });
    expect(alone({ value: 2, low: 1, high: 4 })).toMatchObject({ from: 68.5, to: 106, excludesZero: true });
    expect(alone({ value: 0, low: 0, high: 0 })).toMatchObject({ zero: 56, at: 56, excludesZero: false });
    expect(layOutInterval(null, { x: Number })).toBeNull();
    expect(layOutAxis([null], 112)).toBeNull();
  });

  it("puts several differences on one axis, with few ticks", () => {
    const axis = layOutAxis([{ value: -0.02, low: -0.04, high: 0.01 }, null, { value: 0.2, low: 0.1, high: 0.4 }], 112);
    expect(axis?.x(0.4)).toBe(106);
    expect(axis?.x(-0.04)).toBe(51);
    expect(axis?.ticks).toEqual([-0.3, 0, 0.3]);
    expect(axis?.decimals).toBe(1);
  });
});
