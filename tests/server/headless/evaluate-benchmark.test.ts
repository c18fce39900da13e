import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { BenchmarkItem, BenchmarkScore } from "@/lib/contract/benchmark";
import type { ColumnMapping } from "@/lib/contract/data-set";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { modelsFolder, references } from "@/tests/support/fixtures";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const moods = ["sad", "glad", "bored"];

const rows = Array.from({ length: 26 }, (_, row) => ({
  text: `${moods[row % 3]} for the ${row}th time`,
  label: moods[row % 3],
  domain: row % 2 === 0 ? "land" : "sea",
  split: row < 13 ? "train" : "validation",
}));

/** A folder with rows, a training's configuration and what it trained in `run`. */
async function trained(config: Pick<RunConfigInput, "model" | "adapter" | "task">, mapping: ColumnMapping) {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const write = (name: string, value: unknown) => writeFileSync(at(name), JSON.stringify(value));
  writeFileSync(at("rows.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  write("config.json", {
    data: { kind: "dataSet", path: at("rows.jsonl"), mapping },
    training: { steps: 2, batchRows: 4, maxTokens: 16, learningRate: 1e-3, evaluateEvery: 0 },
    ...config,
  });
  await stanscopeSucceeds("train", "--config", at("config.json"), "--output", at("run"));
  const words = ["evaluate", "--model", config.model, "--adapter", at("run"), "--output", at("items.jsonl")];
  const measure = (request: object) => {
    write("benchmark.json", request);
    return stanscope(...words, "--benchmark", at("benchmark.json"));
  };
  const items = (): BenchmarkItem[] =>
    readFileSync(at("items.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  return { at, words, measure, items };
}

describe.runIf(modelsFolder)("headless measuring of a classifier on a benchmark", references, () => {
  test("prints the score and writes a line a row, and is refused by name what cannot be asked", async () => {
    const model = join(modelsFolder ?? "", "all-minilm-l6-v2");
    const { at, words, measure, items } = await trained(
      {
        model,
        task: { kind: "classification" },
        adapter: { method: "stan", numLatents: 7, k: 2, targets: { modules: ["value"] } },
      },
      { kind: "labelled", text: "text", label: "label", split: "split" },
    );
    const request = { rows: { path: at("rows.jsonl"), part: { kind: "split", name: "validation" } }, task: { kind: "classification" } };
    const { status, output, errors } = await measure(request);
    expect([status, errors]).toEqual([0, ""]);
    const score: BenchmarkScore & { task: object } = JSON.parse(output);
    expect(score).toMatchObject({ rows: 13, task: { kind: "classification", classes: ["bored", "glad", "sad"], metric: "accuracy" } });
    expect(score.metrics.map(({ name }) => name)).toEqual(["accuracy", "macroF1", "matthews", "loss"]);
    expect(score.byDomain.map(({ domain, rows: count }) => [domain, count])).toEqual([
      ["land", 6],
      ["sea", 7],
    ]);
    const written = items();
    expect(written.map(({ row, reference }) => [row, reference])).toEqual(rows.slice(13).map(({ label }, at) => [13 + at, label]));
    for (const { reference, adapter } of written) expect(adapter.isRight).toBe(adapter.answer === reference);
    expect(score.metrics[0]?.adapter).toBeCloseTo(written.filter(({ adapter }) => adapter.isRight).length / 13, 12);
    expect(score.metrics[3]?.adapter).toBeCloseTo(written.reduce((sum, { adapter }) => sum + adapter.lossSum, 0) / 13, 12);

    const unmapped = await measure({
      ...request,
      rows: { ...request.rows, mapping: { kind: "labelled", text: "text", label: "label" } },
    });
    expect([unmapped.status, unmapped.errors]).toEqual([1, expect.stringMatching(/"rows.mapping.split": A split is selected/)]);
    const loss = await measure({ ...request, task: { kind: "languageModel" } });
    expect([loss.status, loss.errors]).toEqual([1, expect.stringMatching(/is a run of an encoder, which does not generate text/)]);
    const both = await stanscope(...words, "--benchmark", at("benchmark.json"), "--input", at("rows.jsonl"));
    expect([both.status, both.errors]).toEqual([2, expect.stringMatching(/--input cannot be combined with --benchmark/)]);
  });
});

describe("headless measuring of a language model on a benchmark", () => {
  test("gives the loss of each row beside the base model's", async () => {
    const { at, measure, items } = await trained(
      { model: resolve("demo/model"), adapter: { method: "lora", rank: 2, alpha: 4, targets: { modules: ["v_proj"] } } },
      { kind: "text", text: "text", split: "split" },
    );
    const request = { rows: { path: at("rows.jsonl"), part: { kind: "all" }, count: 5, maxTokens: 16 }, task: { kind: "languageModel" } };
    const { status, output, errors } = await measure(request);
    expect([status, errors]).toEqual([0, ""]);
    const score: BenchmarkScore = JSON.parse(output);
    expect(score.metrics.map(({ name }) => name)).toEqual(["loss", "perplexity"]);
    const written = items();
    expect(written.map(({ row }) => row)).toEqual([2, 7, 13, 18, 23]);
    const mean = (of: "adapter" | "base") => written.reduce((sum, item) => sum + item[of].lossSum, 0) / score.labelTokens;
    expect(score.metrics[0]?.adapter).toBeCloseTo(mean("adapter"), 12);
    expect(score.metrics[0]?.base).toBeCloseTo(mean("base"), 12);
    expect(mean("adapter")).not.toBe(mean("base"));
    const classes = await measure({ ...request, task: { kind: "classification" } });
    expect([classes.status, classes.errors]).toEqual([
      1,
      expect.stringMatching(/generates text and has no head, and benchmark.json asks for a class/),
    ]);
  });
});
