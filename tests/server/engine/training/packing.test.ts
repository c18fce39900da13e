import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { Sampler } from "@/server/engine/training/sampler";
import type { TrainingSettings } from "@/server/engine/training/settings";
import { rowsFilled, takeStepRows } from "@/server/engine/training/step-rows";
import { Trainer } from "@/server/engine/training/trainer";
import { largestDifference, loraSettings, stanSettings, tinyTraining } from "@/tests/server/engine/tiny";
import { loadToy } from "@/tests/server/engine/toy";

const inOrder = { shuffle: false, seed: 0 };
const packed = { batchRows: 2, packing: true, maxTokens: 10 };

describe("the rows of a step with packing", () => {
  it("fill its rows in the sampler's order, each the first that has room, until one fits none", () => {
    const lengths = [6, 5, 4, 4, 3, 9];
    const sampler = new Sampler(lengths.length, inOrder);
    const take = () => takeStepRows(sampler, packed, (row) => lengths[row] ?? 0);
    expect(take()).toEqual({
      chosen: [0, 1, 2, 3],
      packed: [
        [0, 2],
        [1, 3],
      ],
    });
    expect(sampler.epochs).toBeCloseTo(4 / 6);
    expect(take()).toEqual({ chosen: [4, 5, 0], packed: [[0, 2], [1]] });
  });

  it("hold each row once an epoch", () => {
    const lengths = Array.from({ length: 23 }, (_, row) => 1 + ((row * 7) % 10));
    const sampler = new Sampler(lengths.length, { shuffle: true, seed: 3 });
    const chosen: number[] = [];
    while (chosen.length < 3 * lengths.length) chosen.push(...takeStepRows(sampler, packed, (row) => lengths[row] ?? 0).chosen);
    for (const epoch of [0, 1, 2]) {
      const own = chosen.slice(epoch * lengths.length, (epoch + 1) * lengths.length);
      expect(own.sort((a, b) => a - b)).toEqual(Array.from(lengths.keys()));
    }
  });

  it("give a row that is too long one of its own", () => {
    const sampler = new Sampler(3, inOrder);
    expect(takeStepRows(sampler, packed, (row) => [14, 3, 8][row] ?? 0)).toEqual({ chosen: [0, 1], packed: [[0], [1]] });
  });
});

describe("rows that packing fills", () => {
  it("are as many as hold all rows of the data once", () => {
    expect(rowsFilled([5, 5, 5, 5, 5], 10)).toBe(3);
    expect(rowsFilled([6, 6, 6], 10)).toBe(3);
    expect(rowsFilled([], 10)).toBe(0);
    // Two are filled at a time: each holds two of 5.
    expect(rowsFilled(new Array<number>(40).fill(5), 10, 2)).toBe(20);
    expect(rowsFilled(new Array<number>(41).fill(5), 10, 2)).toBe(21);
  });
});

describe("Trainer with packing", () => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  const texts = [6, 5, 4, 4, 3, 9, 2].map((length, text) => {
    const ids = Int32Array.from({ length }, (_, at) => 2 + ((text * 5 + at * 3) % 21));
    return { ids, labels: text === 3 ? ids.map(() => -100) : ids };
  });
  const settings: TrainingSettings = { ...tinyTraining, ...packed, shuffle: true, steps: 10, epsilon: 1e-5 };
  const methods: [string, AdapterSettings][] = [
    ["STAN", stanSettings(["q_proj", "down_proj"], { numLatents: 7, k: 3 })],
    ["STAN with BatchTopK", stanSettings(["q_proj", "down_proj"], { numLatents: 7, k: 3, sparsity: "batchtopk" })],
    ["LoRA with dropout", loraSettings(["q_proj", "v_proj"], { dropout: 0.4 })],
  ];

  it.each(methods)("takes ten steps as one without takes them over the same rows (%s)", (_, adapterSettings) => {
    const model = loadToy("llama");
    const run = (own: TrainingSettings, rows = texts) => {
      const adapter = Adapter.create(model.projections, adapterSettings, 3);
      const trainer = new Trainer(causalObjective(model, adapter, rows), own);
      const steps = Array.from({ length: 10 }, () => trainer.takeStep());
      trainer.free();
      adapter.free();
      return steps;
    };
    const wanted = run(settings);
    const sampler = new Sampler(texts.length, settings);
    const taken = wanted.map(() => takeStepRows(sampler, settings, (row) => texts[row]?.ids.length ?? 0).chosen);
    // The same rows laid in order, in steps that are filled with nothing where the others have more rows.
    const most = Math.max(...taken.map(({ length }) => length));
    const nothing = { ids: Int32Array.of(2), labels: Int32Array.of(-100) };
    const laid = taken.flatMap((chosen) => Array.from({ length: most }, (_, place) => texts[chosen[place] ?? -1] ?? nothing));
    const got = run({ ...tinyTraining, epsilon: 1e-5, batchRows: most, steps: 10 }, laid);
    model.free();
    const losses = (steps: typeof got) => steps.map(({ loss }) => loss);
    expect(largestDifference(losses(wanted), losses(got))).toBeLessThan(2e-5);
    expect(wanted.map(({ labelTokens }) => labelTokens)).toEqual(got.map(({ labelTokens }) => labelTokens));
  });

  it.each(methods)("goes on bit for bit from a saved state (%s)", (_, adapterSettings) => {
    const model = loadToy("llama");
    const adapter = Adapter.create(model.projections, adapterSettings, 3);
    const trainer = new Trainer(causalObjective(model, adapter, texts), settings);
    for (let step = 0; step < 4; step++) trainer.takeStep();
    const state = trainer.exportState();
    const again = new Adapter(planModules(model.projections, adapterSettings), adapter.tensors(), model.projections);
    const continued = new Trainer(causalObjective(model, again, texts), settings, structuredClone(state));
    while (!trainer.isFinished) expect(continued.takeStep()).toEqual(trainer.takeStep());
    expect(again.tensors()).toEqual(adapter.tensors());
    for (const one of [trainer, continued, adapter, again, model]) one.free();
  });
});
