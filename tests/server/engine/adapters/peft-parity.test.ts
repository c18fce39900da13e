import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LatentConfig } from "@/lib/contract/run-config";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { readAdapter, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { loadAdapter } from "@/server/runtime/models/load-adapter";
import { largest, largestDifference, rowsOf, tinyTraining } from "@/tests/server/engine/tiny";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { openPeftGolden, type PeftGolden } from "./peft-golden";

const llama = { modules: ["down_proj", "gate_proj", "q_proj", "v_proj"], layers: null };
const gpt2 = { modules: ["c_attn", "c_fc", "c_proj"], layers: null };
const CASES: readonly (readonly [name: string, base: string, config: LatentConfig])[] = [
  ["llama-rslora", "llama-odd", { method: "lora", rank: 4, alpha: 3, useRslora: true, targets: llama }],
  [
    "llama-patterns",
    "llama-odd",
    {
      method: "lora",
      rank: 4,
      alpha: 6,
      rankPattern: { "^model.layers.0.self_attn.q_proj": 5, q_proj: 2, "layers.1.mlp.(gate|down)_proj": 3, k_proj: 11 },
      alphaPattern: { down_proj: 7, "self_attn.v_proj": 1 },
      targets: llama,
    },
  ],
  ["llama-dora", "llama-odd", { method: "lora", rank: 4, alpha: 6, useDora: true, targets: llama }],
  [
    "gpt2-dora",
    "gpt2-narrow",
    {
      method: "lora",
      rank: 3,
      alpha: 2,
      useDora: true,
      useRslora: true,
      rankPattern: { c_fc: 5 },
      targets: gpt2,
    },
  ],
  ["llama-vera", "llama-odd", { method: "vera", rank: 5, dInitial: 0.3, projectionKey: 7, targets: llama }],
  ["gpt2-vera", "gpt2-narrow", { method: "vera", rank: 3, dInitial: 0.1, projectionKey: 2 ** 32 + 11, targets: gpt2 }],
];

describe.each(CASES)("%s as PEFT trains it", (name, base, config) => {
  let golden: PeftGolden;

  beforeAll(async () => {
    await startEngine();
    golden = openPeftGolden(name, base);
  });
  afterAll(() => {
    golden.model.free();
    expect(liveTensors()).toBe(0);
  });

  function withAdapter(use: (adapter: Adapter) => void): void {
    const adapter = loadAdapter(golden.folder, golden.model);
    use(adapter);
    adapter.free();
  }

  it("is planned and written by our own configuration as PEFT plans and writes it", () => {
    withAdapter((adapter) => {
      expect(planModules(golden.model.projections, config)).toEqual(adapter.modules);
      const folder = join(temporaryFolder(), "adapter");
      const about = { baseModel: base, revision: null, fanInFanOut: golden.model.config.storesByInput };
      writeAdapter(folder, { config: toAdapterConfigFile(config, about), tensors: adapter.tensors() });
      const [ours, theirs] = [readAdapter(folder), readAdapter(golden.folder)];
      expect(new Map(ours.tensors)).toEqual(new Map(theirs.tensors));
      const { target_modules: targets, ...rest } = ours.config;
      expect(theirs.config).toMatchObject(rest);
      expect(new Set(theirs.config.target_modules)).toEqual(new Set(targets));
    });
  });

  it("gives the logits and the gradients of the first step", () => {
    withAdapter((adapter) => {
      expect(golden.logitsDifference("logits", adapterHooks(adapter))).toBeLessThan(1e-5);
      const batch = golden.batchOf(0);
      const labelTokens = batch.labels.filter((label, at) => at % batch.tokens !== 0 && label !== -100).length;
      const { gradients } = golden.model.lossAndGradients(batch, adapter.trainingHooks(), 1 / labelTokens);
      expect([...gradients.keys()].sort()).toEqual([...golden.gradients.keys()].sort());
      for (const [key, gradient] of gradients) {
        const expected = golden.gradients.get(key) ?? [];
        expect(largestDifference(readFloats(gradient), expected), key).toBeLessThan(2e-6 * Math.max(1, largest(expected)));
      }
      free(gradients);
    });
  });

  it.each([null, 2])("follows ten steps, in micro-batches of %s", (microBatchRows) => {
    withAdapter((adapter) => {
      const rows = Array.from({ length: 10 }, (_, step) => rowsOf(golden.batchOf(step))).flat();
      const trainer = new Trainer(causalObjective(golden.model, adapter, rows), {
        ...tinyTraining,
        batchRows: 3,
        microBatchRows,
        clipNorm: 1,
      });
      const steps = Array.from({ length: 10 }, () => trainer.takeStep());
      const losses = steps.map(({ loss }) => loss);
      expect(largestDifference(losses, golden.read("losses"))).toBeLessThan(2e-5);
      steps.forEach(({ gradNorm }, step) => {
        expect(gradNorm / (golden.read("gradNorms")[step] ?? 0)).toBeCloseTo(1, 4);
      });
      expect(golden.logitsDifference("logitsAfter", adapterHooks(adapter))).toBeLessThan(2e-5);
      trainer.free();
    });
  });
});
