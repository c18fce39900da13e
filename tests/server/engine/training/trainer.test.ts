import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { assign } from "@/server/engine/tensor/variables";
import type { TrainingRow, TrainingSettings } from "@/server/engine/training/settings";
import { Trainer } from "@/server/engine/training/trainer";
import { stanSettings, tinyTraining } from "@/tests/server/engine/tiny";
import { loadToy } from "@/tests/server/engine/toy";
import { computedCases, withDropout } from "@/tests/support/methods/methods";

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
const stan = stanSettings(["q_proj", "v_proj"], { numLatents: 7, k: 3 });

function toyRows(count = 8): TrainingRow[] {
  const random = new Random(4);
  return Array.from({ length: count }, () => {
    const ids = Int32Array.from({ length: 3 + random.nextBelow(6) }, () => random.nextBelow(23));
    return { ids, labels: ids.map((id, at) => (at < 2 ? -100 : id)) };
  });
}

describe("Trainer", () => {
  let model: CausalModel;

  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    model.free();
    expect(liveTensors()).toBe(0);
  });

  it("takes the same step in parts, whatever others compute in between", () => {
    model = loadToy("llama");
    const rows = toyRows();
    const train = (between: () => void) => {
      const adapter = Adapter.create(model.projections, stan, 3);
      const trainer = new Trainer(causalObjective(model, adapter, rows), { ...settings, microBatchRows: 2 });
      let parts = 0;
      const losses = Array.from({ length: 3 }, () => {
        const step = trainer.stepInParts();
        for (;;) {
          const { done, value } = step.next();
          if (done === true) return value.loss;
          parts += 1;
          between();
        }
      });
      trainer.free();
      adapter.free();
      return { losses, parts };
    };
    const other = () => free(model.forward({ ids: Int32Array.of(3, 5, 7), rows: 1, tokens: 3 }).final);
    const disturbed = train(other);
    expect(disturbed.losses).toEqual(train(() => {}).losses);
    // Two micro-batches a step: every block forward and the adapted ones backward, and the head.
    expect(disturbed.parts).toBeGreaterThanOrEqual(3 * 2 * (model.config.numLayers + 1));
  });

  it("frees the gradients of earlier micro-batches when a later one fails", () => {
    model = loadToy("llama");
    const adapter = Adapter.create(model.projections, stan, 3);
    const objective = causalObjective(model, adapter, toyRows());
    let micro = 0;
    const failing = {
      ...objective,
      *lossAndGradients(...asked: Parameters<typeof objective.lossAndGradients>) {
        if (++micro === 3) throw new Error("out of memory");
        return yield* objective.lossAndGradients(...asked);
      },
    };
    const trainer = new Trainer(failing, { ...settings, microBatchRows: 1 });
    const before = liveTensors();
    expect(() => trainer.takeStep()).toThrow("out of memory");
    objective.release();
    expect(liveTensors()).toBe(before);
    trainer.free();
    adapter.free();
  });

  const small = computedCases(["q_proj", "v_proj"]);
  const dropped = small.flatMap(([name, settings]) => {
    const own = withDropout(settings, 0.4);
    return own === undefined ? [] : [[`${name} with dropout`, own] as const];
  });

  it.each([...small, ...dropped])("goes on bit for bit from a saved state (%s)", (_, adapterSettings) => {
    model = loadToy("llama");
    const rows = toyRows();
    const adapter = Adapter.create(model.projections, adapterSettings, 3);
    const trainer = new Trainer(causalObjective(model, adapter, rows), settings);
    for (let step = 0; step < 5; step++) trainer.takeStep();
    trainer.healthReport();
    trainer.takeStep();
    const state = trainer.exportState();
    const numbers = JSON.parse(JSON.stringify({ ...state, arrays: undefined }));
    const again = new Adapter(planModules(model.projections, adapterSettings), adapter.tensors(), model.projections);
    const continued = new Trainer(causalObjective(model, again, rows), settings, { ...numbers, arrays: state.arrays });
    expect(continued.step).toBe(6);
    while (!trainer.isFinished) expect(continued.takeStep()).toEqual(trainer.takeStep());
    expect(continued.isFinished).toBe(true);
    expect(again.tensors()).toEqual(adapter.tensors());
    expect(continued.exportState()).toEqual(trainer.exportState());
    expect(continued.latentRecord(3)).toEqual(trainer.latentRecord(3));
    expect(continued.healthReport()).toEqual(trainer.healthReport());
    for (const one of [trainer, continued, adapter, again]) one.free();
  });

  it("lowers the loss, and reports what it did", () => {
    model = loadToy("llama");
    const adapter = Adapter.create(model.projections, stan, 3);
    const trainer = new Trainer(causalObjective(model, adapter, toyRows(4)), { ...settings, steps: 40, learningRate: 3e-2 });
    const results = Array.from({ length: 40 }, () => trainer.takeStep());
    expect(results[39]?.loss).toBeLessThan((results[0]?.loss ?? 0) * 0.7);
    expect(results.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(results[39]?.tokens).toBe(results.reduce((sum, { stepTokens }) => sum + stepTokens, 0));
    expect(results[39]?.epochs).toBe(30);
    trainer.free();
    adapter.free();
  });

  it("counts latents alive, born and dead, padding left out", () => {
    model = loadToy("llama");
    const adapter = Adapter.create(model.projections, stan, 3);
    const rows = toyRows();
    const trainer = new Trainer(causalObjective(model, adapter, rows), { ...settings, shuffle: false, batchRows: rows.length, steps: 2 });
    const { stepTokens } = trainer.takeStep();
    const health = trainer.healthReport();
    expect(stepTokens).toBe(rows.reduce((sum, { ids }) => sum + ids.length, 0));
    expect(health).toMatchObject({ windowTokens: stepTokens, numLatents: 28, births: 0, deaths: 0 });
    expect(health?.densityHistogram.reduce((sum, count) => sum + count, 0)).toBe(28);
    expect(health?.alive).toBe(28 - (health?.densityHistogram[0] ?? 0));
    const since = trainer.stepsSinceKept("model.layers.0.self_attn.q_proj");
    expect(since.every((steps) => steps === 0 || steps === -1)).toBe(true);
    trainer.free();
    adapter.free();
  });

  it("keeps k latents a token on average with BatchTopK, over the tokens of each micro-batch that are no padding", () => {
    model = loadToy("llama");
    const adapter = Adapter.create(model.projections, { ...stan, sparsity: "batchtopk" }, 3);
    const trainer = new Trainer(causalObjective(model, adapter, toyRows()), { ...settings, microBatchRows: 2 });
    const { stepTokens } = trainer.takeStep();
    trainer.takeStep();
    const record = trainer.latentRecord(1);
    for (const { density } of record?.modules.values() ?? []) {
      const first = density.subarray(0, 7).reduce((sum, share) => sum + share, 0);
      expect(record?.windowTokens[0]).toBe(stepTokens);
      expect(first).toBeCloseTo(3, 5);
    }
    expect(record?.modules.size).toBe(adapter.modules.length);
    trainer.free();
    adapter.free();
  });

  it("clips by the global norm as torch does: a lower limit, a smaller first moment", () => {
    model = loadToy("llama");
    const moments = [null, 1e-3].map((clipNorm) => {
      const adapter = Adapter.create(model.projections, stan, 3);
      const trainer = new Trainer(causalObjective(model, adapter, toyRows()), { ...settings, clipNorm });
      const { gradNorm } = trainer.takeStep();
      const state = trainer.exportState();
      let squares = 0;
      for (const [name, { data }] of state.arrays) if (name.startsWith("firstMoment.")) for (const value of data) squares += value * value;
      trainer.free();
      adapter.free();
      return { gradNorm, moment: Math.sqrt(squares) / 0.1 };
    });
    expect(moments[0]?.moment).toBeCloseTo(moments[0]?.gradNorm ?? 0, 4);
    expect(moments[1]?.moment).toBeCloseTo(1e-3, 6);
  });

  it("stops at a loss that is not finite before anything changes", () => {
    model = loadToy("llama");
    const adapter = Adapter.create(model.projections, stan, 3);
    const trainer = new Trainer(causalObjective(model, adapter, toyRows()), settings);
    trainer.takeStep();
    const [parameter] = adapter.parameters();
    if (parameter === undefined) throw new Error("no parameter");
    parameter.release();
    const spoilt = parameter.values().fill(Number.NaN);
    tidy(() => assign(parameter.variable, fromValues(spoilt, parameter.shape)));
    const before = adapter.tensors();
    expect(() => trainer.takeStep()).toThrow(expect.objectContaining({ name: "TrainingError", fault: "nonFiniteLoss", step: 2 }));
    expect(adapter.tensors()).toEqual(before);
    expect(trainer.step).toBe(1);
    trainer.free();
    adapter.free();
  });

  it("stops at a gradient that is not finite where the loss still is", () => {
    model = loadToy("llama");
    const fresh = Adapter.create(model.projections, stan, 3);
    const tensors = fresh.tensors() as Map<string, StanTensors>;
    // D is zero, so the output is as ever; the gradient of D is about 1e30, and its square does not fit float32.
    for (const { E } of tensors.values()) E.data.set(E.data.map((value) => value * 1e30));
    const adapter = new Adapter(fresh.modules, tensors);
    const trainer = new Trainer(causalObjective(model, adapter, toyRows()), settings);
    const before = adapter.tensors();
    expect(() => trainer.takeStep()).toThrow(expect.objectContaining({ fault: "nonFiniteGradient", step: 1 }));
    expect(adapter.tensors()).toEqual(before);
    for (const one of [trainer, adapter, fresh]) one.free();
  });

  it("refuses, before the run, a step with nothing to learn from and rows that do not fit", () => {
    model = loadToy("llama");
    const adapter = Adapter.create(model.projections, stan, 3);
    const masked = toyRows().map((row, i) => (i < 6 ? { ...row, labels: row.labels.map(() => -100) } : row));
    expect(() => new Trainer(causalObjective(model, adapter, masked), { ...settings, shuffle: false })).toThrow(
      "step 1 would have nothing to learn from: no token of rows 0, 1, 2 is labelled",
    );
    expect(() => new Trainer(causalObjective(model, adapter, []), settings)).toThrow("no rows");
    const long = { ids: new Int32Array(30), labels: new Int32Array(30) };
    expect(() => new Trainer(causalObjective(model, adapter, [...toyRows(), long]), settings)).toThrow(
      "row 8 has 30 tokens; the model's context holds 29",
    );
    adapter.free();
  });

  it("keeps no tensor over 300 steps", () => {
    model = loadToy("llama");
    const adapter = Adapter.create(model.projections, stan, 3);
    const trainer = new Trainer(causalObjective(model, adapter, toyRows()), { ...settings, steps: 303, microBatchRows: 2 });
    for (let step = 0; step < 3; step++) trainer.takeStep();
    const live = liveTensors();
    for (let step = 0; step < 300; step++) trainer.takeStep();
    expect(liveTensors()).toBe(live);
    trainer.free();
    adapter.free();
  });
});
