import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LoraTensors } from "@/lib/contract/methods/lora/tensors";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import type { Matrix } from "@/lib/contract/methods/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { StanSettings } from "@/server/engine/methods/stan/stan-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import { largestDifference, loraSettings, rowsOf, stanSettings, tinyTraining } from "@/tests/server/engine/tiny";
import { loadToy, toyBatch } from "@/tests/server/engine/toy";

const TARGETS = ["q_proj", "v_proj"];

function logitsOf(model: CausalModel, hooks?: ProjectionHooks): Float32Array {
  return tidy(() => readFloats(model.logits(model.forward(toyBatch(), { hooks }).final)));
}

function gradientsOf(model: CausalModel, adapter: Adapter): Map<string, Float32Array> {
  const { gradients } = model.lossAndGradients(toyBatch(), adapter.trainingHooks(), 0.1);
  const values = new Map([...gradients].map(([key, gradient]) => [key, readFloats(gradient)]));
  free(gradients);
  return values;
}

function stanFrom(model: CausalModel, settings: StanSettings, tensors: ReadonlyMap<string, StanTensors>): Adapter {
  return new Adapter(planModules(model.projections, settings), tensors);
}

function stanTensors(adapter: Adapter): Map<string, StanTensors> {
  return adapter.tensors() as Map<string, StanTensors>;
}

/** Rows of a matrix in another order, or chosen ones. */
function pickRows({ shape, data }: Matrix, rows: readonly number[]): Matrix {
  const [, width] = shape;
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    picked.set(data.subarray(row * width, (row + 1) * width), i * width);
  });
  return { shape: [rows.length, width], data: picked };
}

function pickColumns({ shape: [rows, width], data }: Matrix, columns: readonly number[]): Matrix {
  const picked = Float32Array.from(
    { length: rows * columns.length },
    (_, i) => data[Math.floor(i / columns.length) * width + (columns[i % columns.length] as number)] as number,
  );
  return { shape: [rows, columns.length], data: picked };
}

describe("the properties of the method", () => {
  const settings = stanSettings(TARGETS, { numLatents: 7, k: 3, init: "small" });

  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  it("1: with D at zero the adapted model equals the base model bit for bit", () => {
    const model = loadToy("llama");
    const adapter = Adapter.create(model.projections, { ...settings, init: "zero" }, 3);
    expect(logitsOf(model, adapter.trainingHooks())).toEqual(logitsOf(model));
    expect(logitsOf(model, adapterHooks(adapter))).toEqual(logitsOf(model));
    adapter.free();
    model.free();
  });

  it("2: STAN with M = k = r is LoRA of rank r with the same alpha: values, gradients and training", () => {
    const model = loadToy("llama");
    const stan = Adapter.create(model.projections, { ...settings, numLatents: 3, k: 3, alpha: 2 }, 3);
    const modules = planModules(model.projections, loraSettings(TARGETS, { rank: 3, alpha: 2 }));
    const tensors = new Map<string, LoraTensors>([...stanTensors(stan)].map(([name, { E, D }]) => [name, { A: E, B: D }]));
    const lora = new Adapter(modules, tensors);
    expect(largestDifference(logitsOf(model, stan.trainingHooks()), logitsOf(model, lora.trainingHooks()))).toBeLessThan(1e-5);
    const [fromStan, fromLora] = [gradientsOf(model, stan), gradientsOf(model, lora)];
    for (const { module } of modules) {
      expect(largestDifference(fromStan.get(`${module}.E`) ?? [], fromLora.get(`${module}.A`) ?? [])).toBeLessThan(1e-6);
    }
    const training = { ...tinyTraining, steps: 7, batchRows: 3, weightDecay: 0, learningRate: 1e-2 };
    const losses = [stan, lora].map((adapter) => {
      const trainer = new Trainer(causalObjective(model, adapter, rowsOf(toyBatch())), training);
      const results = Array.from({ length: 7 }, () => trainer.takeStep().loss);
      trainer.free();
      return results;
    });
    expect(largestDifference(losses[0] ?? [], losses[1] ?? [])).toBeLessThan(2e-5);
    expect(losses[0]?.at(-1)).toBeLessThan((losses[0]?.[0] ?? 0) - 0.1);
    stan.free();
    lora.free();
    model.free();
  });

  it("3: a latent that never fires changes neither the output nor the gradients of the others", () => {
    const model = loadToy("llama");
    // Of 31 pre-activations three are always above 0, which is what a latent with an encoder of zeros has.
    const adapter = Adapter.create(model.projections, { ...settings, numLatents: 31 }, 3);
    const wider = new Map<string, StanTensors>(
      [...stanTensors(adapter)].map(([name, { E, D }]) => {
        const dIn = E.shape[1];
        const columns = Array.from({ length: 32 }, (_, latent) => latent % 31);
        return [
          name,
          { E: { shape: [32, dIn], data: Float32Array.from([...E.data, ...new Float32Array(dIn)]) }, D: pickColumns(D, columns) },
        ];
      }),
    );
    const padded = stanFrom(model, { ...settings, numLatents: 32 }, wider);
    const fired = new Set<number>();
    logitsOf(model, adapterHooks(padded, { onActivations: (_, { indices }) => indices.forEach((index) => void fired.add(index)) }));
    expect(fired.has(31)).toBe(false);
    expect(logitsOf(model, padded.trainingHooks())).toEqual(logitsOf(model, adapter.trainingHooks()));
    const [plain, more] = [gradientsOf(model, adapter), gradientsOf(model, padded)];
    for (const [key, values] of plain) {
      expect(more.get(key)?.subarray(0, values.length)).toEqual(values);
      expect(
        more
          .get(key)
          ?.subarray(values.length)
          .every((value) => value === 0),
      ).toBe(true);
    }
    adapter.free();
    padded.free();
    model.free();
  });

  it("4: permuting latents permutes which of them fire and nothing else", () => {
    const model = loadToy("llama");
    const adapter = Adapter.create(model.projections, settings, 3);
    const order = [4, 2, 6, 0, 5, 1, 3];
    const permuted = stanFrom(
      model,
      settings,
      new Map([...stanTensors(adapter)].map(([name, { E, D }]) => [name, { E: pickRows(E, order), D: pickColumns(D, order) }])),
    );
    const countsOf = (one: Adapter) => {
      const counts = new Map<string, number[]>();
      const logits = logitsOf(
        model,
        adapterHooks(one, {
          onActivations({ module }, { indices }) {
            const own = counts.get(module) ?? new Array<number>(7).fill(0);
            for (const index of indices) own[index] = (own[index] ?? 0) + 1;
            counts.set(module, own);
          },
        }),
      );
      return { logits, counts };
    };
    const [plain, moved] = [countsOf(adapter), countsOf(permuted)];
    expect(largestDifference(moved.logits, plain.logits)).toBeLessThan(1e-5);
    for (const [module, counts] of plain.counts) expect(moved.counts.get(module)).toEqual(order.map((latent) => counts[latent]));
    adapter.free();
    permuted.free();
    model.free();
  });

  it("6: an adapter that is not attached leaves the base model unchanged", () => {
    const model = loadToy("llama");
    const before = logitsOf(model);
    const adapter = Adapter.create(model.projections, settings, 3);
    expect(largestDifference(logitsOf(model, adapterHooks(adapter)), before)).toBeGreaterThan(1e-3);
    expect(logitsOf(model)).toEqual(before);
    adapter.free();
    model.free();
  });

  it("starts the same from the same seed and differently from another", () => {
    const model = loadToy("llama");
    const starts = [3, 3, 4].map((seed): ReadonlyMap<string, AdapterTensors> => {
      const adapter = Adapter.create(model.projections, settings, seed);
      const tensors = adapter.tensors();
      adapter.free();
      return tensors;
    });
    expect(starts[0]).toEqual(starts[1]);
    expect(starts[0]).not.toEqual(starts[2]);
    model.free();
  });
});
