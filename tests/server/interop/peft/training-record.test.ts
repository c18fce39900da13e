import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTrainingRecord } from "@/server/interop/peft/training-record";
import { temporaryFolder } from "@/tests/support/temporary-folder";

function lay(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const lines = (entries: object[]) => entries.map((entry) => JSON.stringify(entry)).join("\n");

describe("the record of a training elsewhere", () => {
  it("of a folder without a log says that nothing is known", () => {
    expect(readTrainingRecord([lay({})])).toEqual({
      metrics: [],
      evaluations: [],
      lastStep: null,
      maxSteps: null,
      epochs: null,
      trainingSeconds: null,
      curveFiles: [],
      stated: {},
      seed: null,
    });
  });

  it("has the steps of trainer_state.json, a resumed step once, and reads what Python writes for NaN as blank", () => {
    const text = `{"epoch": 2.5, "global_step": 8, "max_steps": 9, "log_history": [
      {"step": 4, "loss": 3.5, "grad_norm": NaN, "learning_rate": 0.001, "note": "NaN, -Infinity and \\"NaN\\""},
      {"step": 6, "loss": 9}, {"step": 6, "eval_loss": 2.75}, {"step": 6, "loss": 2.5, "grad_norm": 0.75}, {"step": 8, "loss": NaN},
      {"step": 8, "train_runtime": 33.5, "train_loss": 2.9}]}`;
    const record = readTrainingRecord([lay({ "trainer_state.json": text })]);
    expect(record).toMatchObject({ lastStep: 8, maxSteps: 9, epochs: 2.5, trainingSeconds: 33.5, evaluations: [{ step: 6, loss: 2.75 }] });
    const blank = { tokens: null, labelTokens: null, seconds: null };
    expect(record.metrics).toEqual([
      { step: 4, loss: 3.5, gradNorm: null, learningRate: 0.001, ...blank },
      { step: 6, loss: 2.5, gradNorm: 0.75, learningRate: null, ...blank },
    ]);
  });

  it("does not take 0 counted tokens for a count", () => {
    const history = [
      { step: 1, loss: 1, num_input_tokens_seen: 0 },
      { step: 2, loss: 1, num_input_tokens_seen: 77 },
    ];
    const record = readTrainingRecord([lay({ "trainer_state.json": JSON.stringify({ log_history: history, max_steps: 0 }) })]);
    expect(record.metrics.map(({ tokens }) => tokens)).toEqual([null, 77]);
    expect(record.maxSteps).toBeNull();
  });

  it("has tokens and times of LLaMA-Factory’s log, by its old and new names", () => {
    const log = lines([
      { current_steps: 5, total_steps: 20, loss: 2, learning_rate: 0.01, elapsed_time: "0:01:02" },
      { current_steps: 10, total_steps: 20, loss: 1.5, lr: 0.005, epoch: 0.5, elapsed_time: "1 day, 2:00:03", total_tokens: 640 },
      { current_steps: 10, total_steps: 20, eval_loss: 1.75, elapsed_time: "unknown" },
    ]);
    const record = readTrainingRecord([lay({ "trainer_log.jsonl": `${log}\n` })]);
    expect(record).toMatchObject({
      lastStep: 10,
      maxSteps: 20,
      evaluations: [{ step: 10, loss: 1.75 }],
      curveFiles: ["trainer_log.jsonl"],
    });
    expect(record.metrics).toEqual([
      { step: 5, loss: 2, gradNorm: null, learningRate: 0.01, tokens: null, labelTokens: null, seconds: 62 },
      { step: 10, loss: 1.5, gradNorm: null, learningRate: 0.005, tokens: 640, labelTokens: null, seconds: 93_603 },
    ]);
  });

  it("lets the state’s numbers count and the log fill in what it lacks, each from the first folder that has it", () => {
    const around = lay({
      "trainer_log.jsonl": lines([{ current_steps: 5, total_steps: 20, loss: 7, lr: 7, elapsed_time: "0:00:05" }]),
      "trainer_state.json": JSON.stringify({ log_history: [{ step: 5, loss: 8 }] }),
    });
    const folder = join(around, "checkpoint-5");
    mkdirSync(folder);
    const state = {
      log_history: [
        { step: 5, loss: 2, grad_norm: 3 },
        { step: 6, loss: 1 },
      ],
    };
    writeFileSync(join(folder, "trainer_state.json"), JSON.stringify(state));
    expect(readTrainingRecord([folder, around]).metrics).toEqual([
      { step: 5, loss: 2, gradNorm: 3, learningRate: 7, tokens: null, labelTokens: null, seconds: 5 },
      { step: 6, loss: 1, gradNorm: null, learningRate: null, tokens: null, labelTokens: null, seconds: null },
    ]);
  });

  it("takes hyperparameters and the seed from the trainer’s section of a model card alone", () => {
    const card =
      "# my-model\n- seed: 7\n\n### Training hyperparameters\n\nThe following:\n- learning_rate: 5e-05\n- seed: 42\n\n### Framework versions\n- PEFT 0.21\n- x: y\n";
    expect(readTrainingRecord([lay({ "README.md": card })])).toMatchObject({ seed: 42, stated: { learning_rate: "5e-05", seed: "42" } });
    expect(readTrainingRecord([lay({ "README.md": "# A card\n- seed: 7\n" })])).toMatchObject({ seed: null, stated: {} });
  });

  it("names the file, the line and the key of a log that is not one", () => {
    expect(() => readTrainingRecord([lay({ "trainer_state.json": "{" })])).toThrow(/trainer_state\.json.*JSON/);
    expect(() => readTrainingRecord([lay({ "trainer_state.json": '{"log_history": [{"step": -1}]}' })])).toThrow(/log_history\.0\.step/);
    const log = `${lines([{ current_steps: 1, loss: 1 }])}\n{"current_steps": 2, "loss": "x"}\n`;
    expect(() => readTrainingRecord([lay({ "trainer_log.jsonl": log })])).toThrow(/line 2: key "loss"/);
  });
});
