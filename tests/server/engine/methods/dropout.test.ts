import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import { type DropoutDraw, dropoutMask } from "@/server/engine/methods/dropout";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { HookPass, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import { randomAdapter } from "@/tests/server/engine/adapters/random-adapter";
import { largestDifference, loraSettings, rowsOf, tinyTraining } from "@/tests/server/engine/tiny";
import { loadToy, toyBatch } from "@/tests/server/engine/toy";

const draw: DropoutDraw = { seed: 3, step: 7, places: [0, 1, 2, 3, 4, 5, 6] };
const targets = ["q_proj", "v_proj", "down_proj"];

function passOf(rows: number, tokens: number): HookPass {
  const numbers = new Int32Array(rows * tokens);
  return { rows, tokens, ids: numbers, positions: numbers, promptLengths: new Int32Array(rows) };
}

function maskOf(rate: number, more: Partial<DropoutDraw> = {}, place = 0, rows = 2, tokens = 5, width = 11): Float32Array {
  return tidy(() => readFloats(dropoutMask(rate, { ...draw, ...more }, place, passOf(rows, tokens), width)));
}

beforeAll(async () => {
  await startEngine();
});

describe("a mask of dropout", () => {
  it.each([0.1, 0.5, 0.9])("drops a share of %f, and keeps the mean at 1", (rate) => {
    const [rows, tokens, width] = [7, 53, 997];
    const mask = maskOf(rate, {}, 0, rows, tokens, width);
    const entries = mask.length;
    const dropped = mask.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
    const deviation = Math.sqrt(rate * (1 - rate) * entries);
    expect(Math.abs(dropped - rate * entries)).toBeLessThan(4 * deviation);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
    const mean = mask.reduce((sum, value) => sum + value, 0) / entries;
    expect(Math.abs(mean - 1)).toBeLessThan((4 * deviation) / (1 - rate) / entries);
    // Neighbours, and one column in neighbouring tokens, are dropped together no more often than by chance.
    for (const lag of [1, width]) {
      let both = 0;
      for (let at = lag; at < entries; at++) if (mask[at] === 0 && mask[at - lag] === 0) both++;
      expect(Math.abs(both / entries - rate * rate)).toBeLessThan(5 * Math.sqrt((rate * rate) / entries));
    }
  });

  it("is all ones at rate 0", () => {
    expect(new Set(maskOf(0))).toEqual(new Set([1]));
  });

  it("is another for each seed, step, row and module, and the same again for the same", () => {
    const masks = [maskOf(0.5), maskOf(0.5, { seed: 4 }), maskOf(0.5, { step: 8 }), maskOf(0.5, { places: [2, 3] }), maskOf(0.5, {}, 1)];
    expect(new Set(masks.map(String)).size).toBe(masks.length);
    expect(maskOf(0.5)).toEqual(masks[0]);
    expect(masks[0]?.slice(0, 55)).not.toEqual(masks[0]?.slice(55));
  });

  it("depends on the row alone, regardless of other rows in the batch and of padding", () => {
    const both = maskOf(0.5);
    const second = maskOf(0.5, { places: [1] }, 0, 1, 8);
    expect(second.slice(0, 55)).toEqual(both.slice(55));
  });
});

describe("LoRA with dropout", () => {
  const settings = loraSettings(targets, { rank: 3, alpha: 6, dropout: 0.3 });
  let model: CausalModel;
  let adapter: Adapter;
  let tensors: ReadonlyMap<string, AdapterTensors>;

  beforeAll(() => {
    model = loadToy("llama");
    ({ adapter, tensors } = randomAdapter(model.projections, settings));
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const withDropout = (dropout: number): Adapter => new Adapter(planModules(model.projections, { ...settings, dropout }), tensors);

  function lossOf(hooks: ProjectionHooks): { loss: number; gradients: Map<string, Float32Array> } {
    const { lossSum, gradients } = model.lossAndGradients(toyBatch(), hooks, 1);
    const read = new Map([...gradients].map(([key, gradient]) => [key, readFloats(gradient)]));
    free(gradients);
    return { loss: lossSum, gradients: read };
  }

  it("is LoRA itself at rate 0, to the last bit", () => {
    const none = withDropout(0);
    const { dropout: _, ...plain } = settings;
    const without = new Adapter(planModules(model.projections, plain), tensors);
    expect(lossOf(none.trainingHooks(undefined, draw))).toEqual(lossOf(without.trainingHooks()));
    expect(lossOf(adapter.trainingHooks(undefined, draw)).loss).not.toBe(lossOf(none.trainingHooks()).loss);
    none.free();
    without.free();
  });

  it("drops nothing where the adapter only runs", () => {
    const none = withDropout(0);
    const logits = (of: Adapter) => tidy(() => readFloats(model.forward(toyBatch(), { hooks: adapterHooks(of) }).final));
    expect(logits(adapter)).toEqual(logits(none));
    none.free();
  });

  it("asks for what it is drawn by, and for a share", () => {
    expect(() => adapter.trainingHooks()).toThrow(/q_proj has dropout, and training hooks need its seed/);
    for (const rate of [-0.1, 1, Number.NaN])
      expect(() => withDropout(rate)).toThrow(`dropout must be at least 0 and below 1, but is ${rate}`);
  });

  it("has the gradients of the loss that it computes", () => {
    const { gradients } = lossOf(adapter.trainingHooks(undefined, draw));
    const step = 1e-3;
    let worst = 0;
    for (const { module } of adapter.modules) {
      for (const part of ["A", "B"] as const) {
        const own = tensors.get(module);
        if (own === undefined || !("A" in own)) throw new Error(`${module} has no A`);
        for (let at = 2; at < own[part].data.length; at += 23) {
          const losses = [step, -step].map((change) => {
            const data = own[part].data.slice();
            data[at] = (data[at] as number) + change;
            const moved = new Adapter(adapter.modules, new Map([...tensors, [module, { ...own, [part]: { ...own[part], data } }]]));
            const { loss } = lossOf(moved.trainingHooks(undefined, draw));
            moved.free();
            return loss;
          });
          const slope = ((losses[0] ?? 0) - (losses[1] ?? 0)) / (2 * step);
          const given = gradients.get(`${module}.${part}`)?.[at] ?? Number.NaN;
          worst = Math.max(worst, Math.abs(slope - given) / Math.max(1, Math.abs(given)));
        }
      }
    }
    expect(worst).toBeLessThan(1e-2);
  });

  it("gives one loss and one gradient however a step is cut into micro-batches", () => {
    const results = [null, 1, 2].map((microBatchRows) => {
      const own = withDropout(0.3);
      const rows = rowsOf(toyBatch());
      const trainer = new Trainer(causalObjective(model, own, rows), { ...tinyTraining, batchRows: 3, microBatchRows, steps: 2 });
      const steps = [trainer.takeStep(), trainer.takeStep()].flatMap(({ loss, gradNorm }) => [loss, gradNorm]);
      trainer.free();
      own.free();
      return steps;
    });
    for (const result of results) expect(largestDifference(result, results[0] ?? [])).toBeLessThan(1e-4);
  });
});
