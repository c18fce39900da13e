import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { WeightSource } from "@/server/engine/models/weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largest, largestDifference } from "@/tests/server/engine/tiny";
import { toyBatch, toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { loadCausalModel } from "@/tests/support/load-causal-model";

const plain = toyWeights(toyConfigs.llama);
const without = (...missing: string[]): WeightSource => ({
  ...plain,
  names: () => plain.names().filter((name) => !missing.includes(name)),
});
const withNames = (...more: string[]): WeightSource => ({ ...plain, names: () => [...plain.names(), ...more] });

describe("loadCausalModel", () => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  it("names missing tensors", () => {
    expect(() => loadCausalModel(toyConfigs.llama, without("model.norm.weight", "model.layers.1.mlp.up_proj.bias"))).toThrow(
      "missing: model.norm.weight, model.layers.1.mlp.up_proj.bias",
    );
  });

  it("names superfluous tensors, and takes no offence at stored tables and a stored tied head", () => {
    expect(() => loadCausalModel(toyConfigs.llama, withNames("model.layers.2.mlp.up_proj.weight"))).toThrow(
      "not of this architecture: model.layers.2.mlp.up_proj.weight",
    );
    loadCausalModel(toyConfigs.llama, withNames("model.layers.0.self_attn.rotary_emb.inv_freq", "lm_head.weight")).free();
    loadCausalModel(toyConfigs.gpt2, {
      ...toyWeights(toyConfigs.gpt2),
      names: () => [...toyWeights(toyConfigs.gpt2).names(), "transformer.h.0.attn.bias"],
    }).free();
  });

  it("names tensors of another shape", () => {
    const turned: WeightSource = {
      ...plain,
      shape: (name) => (name === "model.layers.0.mlp.down_proj.weight" ? [14, 10] : plain.shape(name)),
    };
    expect(() => loadCausalModel(toyConfigs.llama, turned)).toThrow("model.layers.0.mlp.down_proj.weight [14,10] instead of [10,14]");
  });

  it("keeps nothing when reading fails in the middle", () => {
    const broken: WeightSource = {
      ...plain,
      read(name) {
        if (name === "model.layers.1.mlp.up_proj.weight") throw new Error("the disk is gone");
        return plain.read(name);
      },
    };
    expect(() => loadCausalModel(toyConfigs.llama, broken)).toThrow("the disk is gone");
  });

  it("reads GPT-2 files without the model's prefix", () => {
    const weights = toyWeights(toyConfigs.gpt2);
    const long = (name: string) => `transformer.${name}`;
    const short: WeightSource = {
      names: () => weights.names().map((name) => name.replace("transformer.", "")),
      shape: (name) => weights.shape(long(name)),
      read: (name) => weights.read(long(name)),
    };
    const logits = [weights, short].map((source) => {
      const model = loadCausalModel(toyConfigs.gpt2, source);
      const values = tidy(() => readFloats(model.logits(model.forward(toyBatch()).final)));
      model.free();
      return values;
    });
    expect(logits[0]).toEqual(logits[1]);
  });

  it("lists the projections that can carry an adapter, by the checkpoint's names", () => {
    const model = loadCausalModel(toyConfigs.gpt2, toyWeights(toyConfigs.gpt2));
    expect(model.projections.map(({ module, dIn, dOut }) => [module, dIn, dOut]).slice(0, 4)).toEqual([
      ["transformer.h.0.attn.c_attn", 12, 36],
      ["transformer.h.0.attn.c_proj", 12, 12],
      ["transformer.h.0.mlp.c_fc", 12, 14],
      ["transformer.h.0.mlp.c_proj", 14, 12],
    ]);
    expect(model.bytes).toBe(
      4 *
        toyWeights(toyConfigs.gpt2)
          .names()
          .reduce(
            (sum, name) =>
              sum +
              toyWeights(toyConfigs.gpt2)
                .shape(name)
                .reduce((size, length) => size * length, 1),
            0,
          ),
    );
    model.free();
  });

  it.each([
    "llama",
    "qwen2",
    "qwen3",
    "olmo2",
    "smollm3",
    "phi3",
    "mixtral",
    "gemma",
    "gemma2",
    "gemma3_text",
    "gpt2",
    "gpt_neox",
  ] as const)("computes %s in bfloat16 near to float32", (name) => {
    const logits = (["float32", "bfloat16"] as const).map((frozen) => {
      const model = loadCausalModel(toyConfigs[name], toyWeights(toyConfigs[name]), { frozen });
      const values = tidy(() => readFloats(model.logits(model.forward(toyBatch()).final)));
      model.free();
      return values;
    });
    const [full = new Float32Array(0), half = new Float32Array(0)] = logits;
    expect(largestDifference(full, half)).toBeGreaterThan(0);
    expect(largestDifference(full, half)).toBeLessThan(0.05 * largest(full));
  });
});
