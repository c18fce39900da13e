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

  it("lets the state’s numbers count and the log fill in what it lacks, each from the first folder that has it; up to the checkpoint’s step", () => {
    const around = lay({
      "trainer_log.jsonl": lines([
        { current_steps: 5, total_steps: 20, loss: 7, lr: 7, elapsed_time: "0:00:05", epoch: 0.5 },
        { current_steps: 7, total_steps: 20, loss: 0.5, elapsed_time: "0:00:07", epoch: 0.75 },
      ]),
      "trainer_state.json": JSON.stringify({ log_history: [{ step: 5, loss: 8 }] }),
    });
    const folder = join(around, "checkpoint-6");
    mkdirSync(folder);
    const state = {
      log_history: [
        { step: 5, loss: 2, grad_norm: 3 },
        { step: 6, loss: 1 },
      ],
    };
    writeFileSync(join(folder, "trainer_state.json"), JSON.stringify(state));
    const record = readTrainingRecord([folder, around]);
    expect(record.metrics).toEqual([
      { step: 5, loss: 2, gradNorm: 3, learningRate: 7, tokens: null, labelTokens: null, seconds: 5 },
      { step: 6, loss: 1, gradNorm: null, learningRate: null, tokens: null, labelTokens: null, seconds: null },
    ]);
    expect(record).toMatchObject({ lastStep: 6, maxSteps: 20, epochs: null, trainingSeconds: null });
    // The final adapter beside an earlier checkpoint's state.
    expect(readTrainingRecord([around, folder])).toMatchObject({ lastStep: 7, trainingSeconds: 7, epochs: 0.75 });
  });

  it("of a training that transformers resumed is one, with times that go on", () => {
    const record = readTrainingRecord(["tests/golden/trainer/resumed"]);
    expect(record.metrics.map(({ step, tokens }) => [step, tokens])).toEqual([
      [2, 28],
      [4, 56],
      [6, 84],
      [8, 112],
      [10, 140],
    ]);
    // It was taken up from step 4, 4.9035 seconds after it began, and its clock then began anew.
    const seconds = [3.9602, 4.9035, 4.9035 + 0.4726, 4.9035 + 3.494, 4.9035 + 5.8317];
    for (const [at, { seconds: found }] of record.metrics.entries()) expect(found).toBeCloseTo(seconds[at] ?? 0, 9);
    expect(record.trainingSeconds).toBeCloseTo(4.9035 + 6.4155, 9);
    expect(record.evaluations.map(({ step }) => step)).toEqual([4, 8, 10]);
    expect(record).toMatchObject({ lastStep: 10, maxSteps: 10, epochs: 1, stated: { "eval_accuracy at step 10": "0.0333333" } });
  });

  it("evaluated on several sets has no single curve of evaluations, and states the last of each", () => {
    const record = readTrainingRecord(["tests/golden/trainer/two-sets"]);
    expect(record.evaluations).toEqual([]);
    expect(record.stated).toEqual({
      "eval_near_loss at step 6": "4.82798",
      "eval_far_loss at step 6": "4.87608",
      "eval_near_accuracy at step 6": "0.0333333",
      "eval_far_accuracy at step 6": "0.0555556",
    });
  });

  it("of LLaMA-Factory’s log that went on after a crash forgets the steps that were made again, and passes over a torn line", () => {
    const log = lines([
      { current_steps: 5, total_steps: 30, loss: 5, elapsed_time: "0:00:10" },
      { current_steps: 10, total_steps: 30, loss: 4, elapsed_time: "0:00:20" },
      { current_steps: 15, total_steps: 30, loss: 9, elapsed_time: "0:00:30" },
      { current_steps: 15, total_steps: 30, eval_loss: 9 },
      { current_steps: 20, total_steps: 30, loss: 9, elapsed_time: "0:00:40" },
      { current_steps: 15, total_steps: 30, loss: 3, elapsed_time: "0:00:35" },
      { current_steps: 20, total_steps: 30, loss: 2, elapsed_time: "0:00:11" },
    ]);
    const record = readTrainingRecord([lay({ "trainer_log.jsonl": `${log}\n{"current_steps": 25, "total_st` })]);
    expect(record.metrics.map(({ step, loss, seconds }) => [step, loss, seconds])).toEqual([
      [5, 5, 10],
      [10, 4, 20],
      [15, 3, 55],
      [20, 2, 66],
    ]);
    expect(record).toMatchObject({ evaluations: [], lastStep: 20, trainingSeconds: 66 });
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
