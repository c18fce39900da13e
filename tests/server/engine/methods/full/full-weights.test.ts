import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import { type Arm, adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import { FullWeights } from "@/server/engine/methods/full/full-weights";
import type { CausalModel, LabelledBatch } from "@/server/engine/models/causal-model";
import { project } from "@/server/engine/models/projection";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { freeSequence } from "@/server/engine/models/sequence";
import { transposed } from "@/server/engine/models/weights";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { Trainer } from "@/server/engine/training/trainer";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { largest, largestDifference, rowsOf, shareNear, stanSettings, tinyTraining } from "@/tests/server/engine/tiny";
import { loadToy } from "@/tests/server/engine/toy";
import { loadCausalModel } from "@/tests/support/load-causal-model";

const CASES = [
  ["llama-odd", ["down_proj", "q_proj", "v_proj"]],
  ["gpt2-narrow", ["c_attn", "mlp.c_proj"]],
] as const;

/** tests/golden/full/make.py made the values in float64. */
describe.each(CASES)("full fine-tuning of %s as PyTorch does it", (name, modules) => {
  const targets = { modules, layers: null };
  let model: CausalModel;
  let values: Map<string, Float32Array>;
  let batches: LabelledBatch[];

  beforeAll(async () => {
    await startEngine();
    const { config, weights } = openCheckpoint(join("tests/golden/models", name));
    model = loadCausalModel(config, weights);
    weights.close();
    const file = openSafetensors(join("tests/golden/full", `${name}.safetensors`));
    values = new Map(file.names().map((tensor) => [tensor, file.read(tensor)]));
    file.close();
    const rowFile = openSafetensors(join("tests/golden/models", name, "expected.safetensors"));
    const [steps = 0, rows = 0, tokens = 0] = rowFile.shape("input_ids");
    const of = (tensor: string, step: number) => rowFile.readInts(tensor).slice(step * rows * tokens, (step + 1) * rows * tokens);
    batches = Array.from({ length: steps }, (_, step) => ({
      ids: of("input_ids", step),
      attentionMask: of("attention_mask", step),
      labels: of("labels", step),
      rows,
      tokens,
    }));
    rowFile.close();
  });
  afterAll(() => {
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const wanted = (tensor: string) => values.get(tensor) ?? expect.fail(`no ${tensor}`);
  const batchOf = (step: number) => batches[step % batches.length] ?? expect.fail("no batch");

  function logitsDifference(expected: string, hooks?: ProjectionHooks): number {
    const batch = batchOf(0);
    const got = tidy(() => readFloats(model.logits(model.forward(batch, { hooks }).final)));
    const isReal = (_: number, at: number) => batch.attentionMask?.[Math.floor(at / model.config.vocab)] === 1;
    return largestDifference(got.filter(isReal), wanted(expected).filter(isReal));
  }

  it("starts as the model, with gradients for each weight and bias", () => {
    const full = FullWeights.create(model.projections, targets);
    expect(logitsDifference("logits", full.trainingHooks())).toBeLessThan(1e-5);
    const batch = batchOf(0);
    const labelTokens = batch.labels.filter((label, at) => at % batch.tokens !== 0 && label !== -100).length;
    const { gradients } = model.lossAndGradients(batch, full.trainingHooks(), 1 / labelTokens);
    expect([...gradients.keys()].map((key) => `grad.${key}`).sort()).toEqual(
      [...values.keys()].filter((key) => key.startsWith("grad.")).sort(),
    );
    for (const { module, dIn, dOut } of full.modules) {
      const stored = wanted(`grad.${module}.weight`);
      const byOutput = model.config.storesByInput ? transposed(stored, dIn, dOut) : stored;
      const of = (part: string) => readFloats(gradients.get(`${module}.${part}`) ?? expect.fail(`no gradient of ${module}.${part}`));
      expect(largestDifference(of("weight"), byOutput), module).toBeLessThan(2e-6 * Math.max(1, largest(stored)));
      expect(largestDifference(of("bias"), wanted(`grad.${module}.bias`)), module).toBeLessThan(2e-6);
    }
    free(gradients);
    full.free();
  });

  it("follows ten steps", () => {
    const full = FullWeights.create(model.projections, targets);
    const rows = Array.from({ length: 10 }, (_, step) => rowsOf(batchOf(step))).flat();
    const trainer = new Trainer(causalObjective(model, full, rows), { ...tinyTraining, batchRows: 3, microBatchRows: 2, clipNorm: 1 });
    const steps = Array.from({ length: 10 }, () => trainer.takeStep());
    expect(trainer.healthReport()).toBeUndefined();
    const losses = steps.map(({ loss }) => loss);
    expect(largestDifference(losses, wanted("losses"))).toBeLessThan(2e-5);
    steps.forEach(({ gradNorm }, step) => {
      expect(gradNorm / (wanted("gradNorms")[step] ?? 0)).toBeCloseTo(1, 4);
    });
    expect(logitsDifference("logitsAfter", full.trainingHooks())).toBeLessThan(5e-5);
    for (const [module, { weight, bias }] of full.tensors()) {
      const [dOut, dIn] = weight.shape;
      const stored = model.config.storesByInput ? transposed(weight.data, dOut, dIn) : weight.data;
      expect(shareNear(stored, wanted(`after.${module}.weight`)), module).toBeGreaterThan(0.99);
      // A bias of keys has a gradient of 0 but for rounding, of which Adam makes whole steps.
      if (bias !== undefined) expect(shareNear(bias.data, wanted(`after.${module}.bias`)), module).toBeGreaterThan(0.6);
    }
    trainer.free();
    full.free();
  });
});

/** The same with other weights, in place of the given. */
function shifted(fresh: FullWeights): FullWeights {
  const tensors = fresh.tensors();
  for (const { weight } of tensors.values()) for (let at = 0; at < weight.data.length; at += 3) weight.data[at] = 0.3;
  const full = new FullWeights(fresh.modules, tensors);
  expect(full.tensors()).toEqual(tensors);
  fresh.free();
  return full;
}

describe("full fine-tuning", () => {
  let model: CausalModel;

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
  });
  afterAll(() => {
    model.free();
    expect(liveTensors()).toBe(0);
  });

  it("decodes with its own weights as it reads", () => {
    const full = shifted(FullWeights.create(model.projections, { modules: ["q_proj", "down_proj"], layers: [1] }));
    const hooks = full.trainingHooks();
    const ids = Int32Array.of(4, 9, 2, 17, 8);
    const whole = tidy(() => readFloats(model.logits(model.forward({ ids, rows: 1, tokens: 5 }, { hooks }).final)));
    const plain = tidy(() => readFloats(model.logits(model.forward({ ids, rows: 1, tokens: 5 }).final)));
    const { sequences, logits } = model.prefill([ids.subarray(0, 4)], { hooks, maxTokens: 5 });
    const last = tidy(() => readFloats(model.decode(sequences, ids.subarray(4), hooks)));
    expect(largestDifference(last, whole.slice(4 * 23))).toBeLessThan(1e-4);
    expect(largestDifference(last, plain.slice(4 * 23))).toBeGreaterThan(1e-2);
    free(logits);
    for (const sequence of sequences) freeSequence(sequence);
    full.free();
  });

  it("runs beside the base model and an adapter in one pass, each row as it runs alone", () => {
    const full = shifted(FullWeights.create(model.projections, { modules: ["q_proj", "down_proj"], layers: [1] }));
    const settings = stanSettings(["q_proj", "v_proj"], { numLatents: 7, k: 3, init: "small" });
    const adapter = Adapter.create(model.projections, settings, 5);
    const ids = Int32Array.of(4, 9, 2, 17, 8);
    const logitsOf = (arms: readonly Arm[]) => {
      const batch = { ids: Int32Array.from(arms.flatMap(() => [...ids])), rows: arms.length, tokens: 5 };
      return tidy(() => readFloats(model.logits(model.forward(batch, { hooks: armHooks(arms) }).final)));
    };
    const arms: Arm[] = [{}, { adapter: full }, { adapter: full }, { adapter }, {}];
    const [together, size] = [logitsOf(arms), 5 * 23];
    const alone = arms.map((arm) => logitsOf([arm]));
    alone.forEach((wanted, row) => {
      expect(largestDifference(together.slice(row * size, (row + 1) * size), wanted), `row ${row}`).toBeLessThan(1e-5);
    });
    const plain = tidy(() => readFloats(model.logits(model.forward({ ids, rows: 1, tokens: 5 }).final)));
    expect(alone[0]).toEqual(plain);
    const hooked = tidy(() => readFloats(model.logits(model.forward({ ids, rows: 1, tokens: 5 }, { hooks: adapterHooks(full) }).final)));
    expect(alone[1]).toEqual(hooked);
    expect(largestDifference(hooked, plain)).toBeGreaterThan(1e-2);
    adapter.free();
    full.free();
  });

  it("trains in float32 over frozen weights in bfloat16, from what these hold", () => {
    const { config, weights } = openCheckpoint("tests/golden/models/llama-odd");
    const rounded = loadCausalModel(config, weights, { frozen: "bfloat16", decode: "bfloat16" });
    const exact = weights.read("model.layers.1.mlp.down_proj.weight");
    weights.close();
    const full = FullWeights.create(rounded.projections, { modules: ["down_proj"], layers: [1] });
    const before = full.tensors().get("model.layers.1.mlp.down_proj")?.weight.data ?? expect.fail("no weights");
    const bound = 2 ** -8 * largest(exact);
    expect(largestDifference(before, exact)).toBeLessThan(bound);
    expect(largestDifference(before, exact)).toBeGreaterThan(0);
    const ids = Int32Array.of(4, 9, 2, 17, 8);
    const trainer = new Trainer(causalObjective(rounded, full, [{ ids, labels: ids }]), {
      ...tinyTraining,
      steps: 3,
      batchRows: 1,
      learningRate: 1e-5,
    });
    const losses = [1, 2, 3].map(() => trainer.takeStep().loss);
    expect(losses[2]).toBeLessThan(losses[0] ?? 0);
    const after = full.tensors().get("model.layers.1.mlp.down_proj")?.weight.data ?? expect.fail("no weights");
    // Steps far below what bfloat16 tells apart at the size of the weights are not lost.
    expect(largestDifference(after, before)).toBeGreaterThan(2e-5);
    expect(largestDifference(after, before)).toBeLessThan(4e-5);
    trainer.free();
    full.free();
    rounded.free();
  });

  it("has no latents that an edit could change", () => {
    const full = FullWeights.create(model.projections, { modules: ["q_proj"], layers: [1] });
    const edits = [{ operation: "adapterOff", isOn: true, scope: "all" }] as const;
    expect(() => adapterHooks(full, { edits })).toThrow("fully fine-tuned weights have none");
    expect(() => adapterHooks(full, { edits: [{ ...edits[0], isOn: false }] })).not.toThrow();
    full.free();
  });

  it("spares the frozen product that its own takes the place of", () => {
    const full = FullWeights.create(model.projections, { modules: ["q_proj"], layers: [1] });
    const projection = model.projections.find(({ module }) => module === full.modules[0]?.module) ?? expect.fail("no projection");
    const unread = {
      ...projection,
      get weight(): Tensor {
        throw new Error("the frozen weight was read");
      },
    };
    const places = Int32Array.of(0, 1, 2);
    const pass = { rows: 1, tokens: 3, ids: places, positions: places, promptLengths: Int32Array.of(3) };
    const x = fromValues(
      Float32Array.from({ length: 3 * projection.dIn }, (_, at) => at / 7),
      [3, projection.dIn],
    );
    const run = (one: typeof projection, hooks?: ProjectionHooks) => tidy(() => readFloats(project(one, x, hooks, pass).output));
    expect(largestDifference(run(unread, full.trainingHooks()), run(projection))).toBeLessThan(1e-6);
    expect(() => run(unread)).toThrow("the frozen weight was read");
    free(x);
    full.free();
  });

  it("takes every projection where no target is named, each once", () => {
    const full = FullWeights.create(model.projections, null);
    expect(full.modules.map(({ module }) => module)).toEqual(model.projections.map(({ module }) => module));
    expect(full.cost.bytes).toBe(4 * full.trainableParameters);
    full.free();
  });

  it("counts its weights and biases, and refuses tensors that are missing, of another shape or unasked for", () => {
    const full = FullWeights.create(model.projections, { modules: ["down_proj"], layers: [0] });
    const D0 = "model.layers.0.mlp.down_proj";
    expect(full.trainableParameters).toBe(14 * 10 + 10);
    expect(full.parameters().map(({ key }) => key)).toEqual([`${D0}.weight`, `${D0}.bias`]);
    const { modules } = full;
    const { weight, bias } = full.tensors().get(D0) ?? expect.fail("no tensors");
    if (bias === undefined) expect.fail("no bias");
    expect(() => new FullWeights(modules, new Map())).toThrow(`${D0}: the trained weight is missing`);
    expect(() => new FullWeights(modules, new Map([[D0, { weight }]]))).toThrow(`${D0}: the trained bias is missing`);
    const turned = { weight: { shape: [14, 10] as const, data: weight.data }, bias };
    expect(() => new FullWeights(modules, new Map([[D0, turned]]))).toThrow("weight has shape [14,10], but the model needs [10,14]");
    const unbiased = modules.map((module) => ({ ...module, hasBias: false }));
    expect(() => new FullWeights(unbiased, new Map([[D0, { weight, bias }]]))).toThrow(
      `${D0}: a bias was trained, but the model's module has none`,
    );
    expect(() => FullWeights.create(model.projections, { modules: ["c_attn"], layers: null })).toThrow('target "c_attn" matches no module');
    full.free();
  });
});
