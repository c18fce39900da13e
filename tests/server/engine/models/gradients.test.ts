import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import type { Parameter } from "@/server/engine/methods/parameter";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { assign } from "@/server/engine/tensor/variables";
import { stanSettings } from "@/tests/server/engine/tiny";
import { loadToy, type ToyName, toyBatch } from "@/tests/server/engine/toy";

const TARGETS: Record<ToyName, string[][]> = {
  llama: [
    ["q_proj", "v_proj"],
    ["k_proj"],
    ["o_proj"],
    ["gate_proj", "up_proj"],
    ["down_proj"],
    ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
  ],
  mistral: [["q_proj"], ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]],
  phi3: [["qkv_proj"], ["o_proj"], ["gate_up_proj"], ["down_proj"], ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]],
  qwen2: [["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]],
  qwen3: [["q_proj"], ["k_proj"], ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]],
  olmo2: [["q_proj"], ["v_proj"], ["down_proj"], ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]],
  smollm3: [["q_proj", "k_proj"], ["v_proj"]],
  mixtral: [["q_proj"], ["o_proj"], ["q_proj", "k_proj", "v_proj", "o_proj"]],
  qwen3_moe: [
    ["v_proj", "o_proj"],
    ["k_proj", "down_proj"],
  ],
  gemma: [["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]],
  gemma2: [["q_proj"], ["down_proj"], ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]],
  gemma3_text: [["k_proj"], ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]],
  gpt2: [["c_attn"], ["attn.c_proj"], ["c_fc"], ["mlp.c_proj"], ["c_attn", "c_proj", "c_fc"]],
  gpt_neox: [["query_key_value"], ["attention.dense"], ["dense_h_to_4h"], ["dense_4h_to_h"], ["query_key_value", "dense", "dense_h_to_4h"]],
  "gpt_neox-sequential": [["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"]],
};

/** Of the summed loss. */
function lossOf(model: CausalModel, adapter: Adapter): number {
  const { lossSum, gradients } = model.lossAndGradients(toyBatch(), adapter.trainingHooks(), 1);
  free(gradients);
  return lossSum;
}

function nudge(parameter: Parameter, values: Float32Array, at: number, by: number): void {
  parameter.release();
  const moved = values.slice();
  moved[at] = (moved[at] as number) + by;
  tidy(() => assign(parameter.variable, fromValues(moved, parameter.shape)));
}

describe.each(Object.entries(TARGETS) as [ToyName, string[][]][])("gradients of a %s model", (name, targetSets) => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  it.each(targetSets.map((targets) => [targets.join(", "), targets] as const))(
    "equal finite differences of the loss with adapters on %s",
    (_, targets) => {
      const model = loadToy(name);
      // All latents kept: the loss is then smooth, and a difference quotient exists everywhere.
      const adapter = Adapter.create(model.projections, stanSettings(targets, { numLatents: 3, k: 3, alpha: 3, init: "small" }), 2);
      const { gradients } = model.lossAndGradients(toyBatch(), adapter.trainingHooks(), 1);
      for (const parameter of adapter.parameters()) {
        const gradient = gradients.get(parameter.key);
        if (gradient === undefined) throw new Error(`${parameter.key} has no gradient`);
        const slopes = readFloats(gradient);
        const values = parameter.values();
        const places = [0, Math.floor(values.length / 2), values.length - 1];
        for (const at of places) {
          const step = 0.02;
          nudge(parameter, values, at, step);
          const above = lossOf(model, adapter);
          nudge(parameter, values, at, -step);
          const below = lossOf(model, adapter);
          nudge(parameter, values, at, 0);
          const measured = (above - below) / (2 * step);
          expect(Math.abs(measured - (slopes[at] as number)), `${parameter.key}[${at}]`).toBeLessThan(2e-3 + 1e-2 * Math.abs(measured));
        }
      }
      free(gradients);
      adapter.free();
      model.free();
    },
  );
});
