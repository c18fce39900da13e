import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { AnswerMetric } from "@/lib/contract/run";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { fixturesFolder, modelsFolder, references } from "@/tests/support/fixtures";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyEncoderTraining } from "@/tests/support/tiny-encoder-training";

type Evaluated = {
  rows: number;
  labels: string[] | null;
  loss: number;
  constantLoss: number;
  metrics: AnswerMetric[];
  answers: { row: number; label: string | number; predicted: string | number; loss: number; scores: number[] }[];
};

const read = (path: string): Evaluated => JSON.parse(readFileSync(path, "utf8"));

describe.runIf(fixturesFolder)("headless evaluation of a classifier", references, () => {
  test("has the loss that the training measured, and the answer of each row", async () => {
    const folder = temporaryFolder();
    const { config } = layTinyEncoderTraining(fixturesFolder ?? "", "deberta-v2", "stan", folder);
    const { model } = JSON.parse(readFileSync(config, "utf8"));
    const run = join(folder, "run");
    await stanscopeSucceeds("train", "--config", config, "--output", run);
    const words = ["evaluate", "--model", model, "--adapter", run, "--input", join(folder, "rows.safetensors"), "--output"];
    await stanscopeSucceeds(...words, join(folder, "all.json"));
    const { rows, labels, loss, constantLoss, metrics, answers } = read(join(folder, "all.json"));
    const measured = JSON.parse(readFileSync(join(run, "evaluations.jsonl"), "utf8").trim().split("\n").at(-1) ?? "{}");
    expect([rows, labels]).toEqual([40, ["low", "middle", "high"]]);
    expect(loss).toBeCloseTo(measured.loss, 5);
    expect(constantLoss).toBeCloseTo(measured.baseLoss, 6);
    const right = answers.filter(({ label, predicted }) => label === predicted).length;
    expect(metrics.find(({ name }) => name === "accuracy")?.value).toBeCloseTo(right / 40, 9);
    for (const { scores, predicted } of answers) expect(labels?.[scores.indexOf(Math.max(...scores))]).toBe(predicted);
    await stanscopeSucceeds(...words, join(folder, "some.json"), "--max-rows", "7");
    expect(read(join(folder, "some.json")).answers.map(({ row }) => row)).toEqual([2, 8, 14, 20, 25, 31, 37]);
    writeFileSync(join(folder, "edits.json"), "[]");
    const { status, errors } = await stanscope(...words, join(folder, "no.json"), "--edits", join(folder, "edits.json"));
    expect([status, errors]).toEqual([1, expect.stringMatching(/edits are not supported for encoders/)]);
  });

  test.runIf(modelsFolder)("reads texts and pairs with the model's tokenizer; a regression gives numbers", references, async () => {
    const folder = temporaryFolder();
    const lines = Array.from({ length: 24 }, (_, row) => {
      const sentence1 = row % 2 === 0 ? "a warm and lovely film" : "a dull and tired film";
      return JSON.stringify({ sentence1, sentence2: `seen for the ${row}th time`, label: row % 2 === 0 ? 4.5 : 1 });
    });
    writeFileSync(join(folder, "pairs.jsonl"), lines.join("\n"));
    const model = join(modelsFolder ?? "", "all-minilm-l6-v2");
    const config: RunConfigInput = {
      model,
      task: { kind: "regression" },
      data: {
        kind: "dataSet",
        path: join(folder, "pairs.jsonl"),
        mapping: { kind: "labelled", text: "sentence1", second: "sentence2", label: "label" },
        validationRows: 6,
      },
      adapter: { method: "lora", rank: 3, alpha: 6, targets: { modules: ["query", "value"] } },
      training: { steps: 30, batchRows: 6, maxTokens: 32, learningRate: 5e-3, evaluateEvery: 0 },
    };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    await stanscopeSucceeds("train", "--config", join(folder, "config.json"), "--output", join(folder, "run"));
    const output = join(folder, "out.json");
    await stanscopeSucceeds(
      "evaluate",
      "--model",
      model,
      "--adapter",
      join(folder, "run"),
      "--input",
      join(folder, "pairs.jsonl"),
      "--output",
      output,
    );
    const { rows, labels, loss, constantLoss, metrics } = read(output);
    expect([rows, labels]).toEqual([24, null]);
    expect(constantLoss).toBeCloseTo(1.75 ** 2, 6);
    expect(loss).toBeLessThan(constantLoss / 2);
    expect(metrics.map(({ name }) => name)).toEqual(["pearson", "spearman"]);
    expect(metrics[0]?.value).toBeGreaterThan(0.9);
  });
});
