import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import { type ClassificationModel, createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { FrozenDtype } from "@/server/engine/models/weights";
import { answerObjective } from "@/server/engine/tasks/answers/answer-objective";
import type { AnsweredText } from "@/server/engine/tasks/answers/answered-rows";
import { classification } from "@/server/engine/tasks/classification/classification";
import { regression } from "@/server/engine/tasks/regression/regression";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import type { TrainingSettings } from "@/server/engine/training/settings";
import { Trainer } from "@/server/engine/training/trainer";
import { largestDifference, loraSettings, stanSettings, tinyTraining } from "@/tests/server/engine/tiny";
import { loadToyEncoder, type ToyEncoderName } from "@/tests/server/engine/toy-encoder";

const settings: TrainingSettings = {
  ...tinyTraining,
  steps: 12,
  batchRows: 3,
  learningRate: 1e-2,
  schedule: "cosine",
  warmupFraction: 0.2,
  clipNorm: 1,
  shuffle: true,
  seed: 9,
};
const stan = stanSettings(["query_proj", "value_proj"], { numLatents: 7, k: 3 });

/** Rows whose first tokens tell their answer. */
function toyRows(numLabels: number, count = 10): AnsweredText[] {
  const random = new Random(4);
  return Array.from({ length: count }, () => {
    const ids = Int32Array.from({ length: 3 + random.nextBelow(8) }, () => 2 + random.nextBelow(21));
    const tokenTypeIds = ids.map((_, at) => (at > 2 ? 1 : 0));
    return { ids, tokenTypeIds, answer: numLabels === 1 ? ((ids[0] ?? 0) % 5) / 2 : (ids[0] ?? 0) % numLabels };
  });
}

describe("Trainer of a classification", () => {
  let model: ClassificationModel;
  const open = (name: ToyEncoderName, numLabels: number, dtype?: FrozenDtype) => {
    model = createClassificationModel(loadToyEncoder(name, dtype), numLabels);
  };

  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    model.encoder.free();
    expect(liveTensors()).toBe(0);
  });

  it.each([
    ["STAN", stan],
    // DeBERTa's relative positions and the pooler's first tokens pass through these modules too.
    ["STAN with BatchTopK", stanSettings(["query_proj", "key_proj", "pooler.dense"], { numLatents: 7, k: 3, sparsity: "batchtopk" })],
    ["LoRA", loraSettings(["query_proj", "value_proj", "pooler.dense"])],
    ["a head alone", undefined],
    ["STAN over weights in bfloat16", stan, "bfloat16"],
    ["LoRA over weights in bfloat16", loraSettings(["query_proj", "value_proj", "pooler.dense"]), "bfloat16"],
  ] as const)("goes on bit for bit from a saved state, the head with it (%s)", (_, adapterSettings, dtype?: FrozenDtype) => {
    open("deberta-v2", 4, dtype);
    const { projections } = model.encoder;
    const rows = toyRows(4);
    const adapter = adapterSettings && Adapter.create(projections, adapterSettings, 3);
    const head = TrainedHead.create(model, 3);
    const untrained = head.tensors();
    const trainer = new Trainer(answerObjective(classification, model, adapter, head, rows), settings);
    for (let step = 0; step < 6; step++) trainer.takeStep();
    const state = trainer.exportState();
    const numbers = JSON.parse(JSON.stringify({ ...state, arrays: undefined }));
    const again = adapter && adapterSettings && new Adapter(planModules(projections, adapterSettings), adapter.tensors());
    const headAgain = new TrainedHead(model, head.tensors());
    const objective = answerObjective(classification, model, again, headAgain, rows);
    const continued = new Trainer(objective, settings, { ...numbers, arrays: state.arrays });
    while (!trainer.isFinished) expect(continued.takeStep()).toEqual(trainer.takeStep());
    expect(continued.isFinished).toBe(true);
    expect(again?.tensors()).toEqual(adapter?.tensors());
    expect(headAgain.tensors()).toEqual(head.tensors());
    expect(head.tensors()).not.toEqual(untrained);
    expect(continued.exportState()).toEqual(trainer.exportState());
    expect(continued.healthReport()).toEqual(trainer.healthReport());
    expect(trainer.healthReport() === undefined).toBe(adapterSettings?.method !== "stan");
    for (const one of [trainer, continued, adapter, again, head, headAgain]) one?.free();
  });

  it.each([
    ["bert", 4, ["query", "value"]],
    ["roberta", 2, ["query", "value"]],
    ["deberta-v2", 1, ["query_proj", "value_proj"]],
  ] as const)("lowers the loss of %s with %i labels", (name, numLabels, targets) => {
    open(name, numLabels);
    const adapter = Adapter.create(model.encoder.projections, stanSettings(targets, { numLatents: 7, k: 3 }), 3);
    const head = TrainedHead.create(model, 3);
    const rows = toyRows(numLabels, 6).map((row) => (name === "bert" ? row : { ...row, tokenTypeIds: undefined }));
    const task = numLabels === 1 ? regression : classification;
    const trainer = new Trainer(answerObjective(task, model, adapter, head, rows), {
      ...settings,
      steps: 60,
      batchRows: 6,
      learningRate: 3e-2,
    });
    const results = Array.from({ length: 60 }, () => trainer.takeStep());
    expect(results[59]?.loss).toBeLessThan(0.2 * (results[0]?.loss ?? 0));
    expect(results[0]?.labelTokens).toBe(6);
    expect(results[0]?.stepTokens).toBe(rows.reduce((sum, { ids }) => sum + ids.length, 0));
    for (const one of [trainer, adapter, head]) one.free();
  });

  it("counts latents at real tokens alone, not at relative positions", () => {
    open("deberta-v2", 4);
    const settingsOfAll = stanSettings([], { numLatents: 3, k: 3, targets: { modules: ".*(query_proj|pooler\\.dense)", layers: [0, 2] } });
    const adapter = Adapter.create(model.encoder.projections, settingsOfAll, 3);
    expect(adapter.modules.map(({ module }) => module)).toEqual(["deberta.encoder.layer.0.attention.self.query_proj", "pooler.dense"]);
    const head = TrainedHead.create(model, 3);
    const rows = toyRows(4, 3);
    const trainer = new Trainer(answerObjective(classification, model, adapter, head, rows), { ...settings, steps: 1 });
    const { stepTokens } = trainer.takeStep();
    const { arrays } = trainer.exportState();
    // All three latents are kept wherever they are read.
    expect(arrays.get("health.deberta.encoder.layer.0.attention.self.query_proj.counts")?.data).toEqual(new Int32Array(3).fill(stepTokens));
    expect(arrays.get("health.pooler.dense.counts")?.data).toEqual(new Int32Array(3).fill(rows.length));
    for (const one of [trainer, adapter, head]) one.free();
  });

  it.each([
    ["LoRA with dropout, at relative positions too", loraSettings(["query_proj", "key_proj"], { dropout: 0.4 })],
    ["STAN", stan],
  ])("takes the same steps however they are divided into passes (%s)", (_, adapterSettings) => {
    open("deberta-v2", 4);
    const results = [null, 1, 2, 3].map((microBatchRows) => {
      const adapter = Adapter.create(model.encoder.projections, adapterSettings, 3);
      const head = TrainedHead.create(model, 3);
      const objective = answerObjective(classification, model, adapter, head, toyRows(4, 8));
      const trainer = new Trainer(objective, { ...settings, batchRows: 7, microBatchRows });
      const steps = Array.from({ length: 6 }, () => trainer.takeStep()).flatMap(({ loss, gradNorm }) => [loss, gradNorm]);
      for (const one of [trainer, adapter, head]) one.free();
      return steps;
    });
    for (const result of results) expect(largestDifference(result, results[0] ?? [])).toBeLessThan(2e-5);
  });

  it("refuses, before the run, rows that do not fit and steps with nothing to learn from", () => {
    open("bert", 4);
    const head = TrainedHead.create(model, 3);
    const rows = toyRows(4, 4);
    const start = (more: readonly AnsweredText[]) => () =>
      new Trainer(answerObjective(classification, model, undefined, head, more), { ...settings, shuffle: false });
    const row = (more: Partial<AnsweredText>): AnsweredText => ({ ids: Int32Array.of(5, 6), answer: 1, ...more });
    expect(start([...rows, row({ answer: 4 })])).toThrow("row 4: label 4 is not in 0…3");
    expect(start([...rows, row({ answer: 0.5 })])).toThrow("row 4: label 0.5 is not a whole number");
    expect(start([row({ ids: new Int32Array(0) })])).toThrow("row 0 has no tokens");
    expect(start([row({ ids: new Int32Array(20).fill(3) })])).toThrow("row 0 has 20 tokens; the model's context holds 19");
    expect(start([row({ tokenTypeIds: Int32Array.of(0) })])).toThrow("row 0 has 2 tokens and 1 token types");
    expect(start([])).toThrow("no rows");
    expect(start(rows.map((one) => ({ ...one, answer: -100 })))).toThrow(
      "step 1 would have nothing to learn from: none of rows 0, 1, 2 is labelled",
    );
    head.free();
  });

  it("keeps no tensor over 100 steps", () => {
    open("deberta-v2", 4);
    const adapter = Adapter.create(model.encoder.projections, stan, 3);
    const head = TrainedHead.create(model, 3);
    const trainer = new Trainer(answerObjective(classification, model, adapter, head, toyRows(4)), {
      ...settings,
      steps: 103,
      microBatchRows: 2,
    });
    for (let step = 0; step < 3; step++) trainer.takeStep();
    const live = liveTensors();
    for (let step = 0; step < 100; step++) trainer.takeStep();
    expect(liveTensors()).toBe(live);
    for (const one of [trainer, adapter, head]) one.free();
  });
});
