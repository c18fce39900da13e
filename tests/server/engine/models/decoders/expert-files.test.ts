import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { joinRows, type WeightSource } from "@/server/engine/models/weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { toyBatch, toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { type GgufParts, ggufBytes } from "@/tests/support/gguf-writer";
import { loadCausalModel } from "@/tests/support/load-causal-model";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const own = toyWeights(toyConfigs.mixtral);

function logitsOf(source: WeightSource): Float32Array {
  const model = loadCausalModel(toyConfigs.mixtral, source);
  const values = tidy(() => readFloats(model.logits(model.forward(toyBatch()).final)));
  model.free();
  return values;
}

/** As published files name them. */
function published(): WeightSource {
  const spelled = (name: string) =>
    name.replace(".mlp.", ".block_sparse_moe.").replace(".gate_proj", ".w1").replace(".up_proj", ".w3").replace(".down_proj", ".w2");
  const names = new Map(own.names().map((name) => [spelled(name), name]));
  const plain = (name: string) => names.get(name) ?? name;
  return { names: () => [...names.keys()], shape: (name) => own.shape(plain(name)), read: (name) => own.read(plain(name)) };
}

/** As the live model has them: one stack of gates and ups, one of downs. */
function stacked(): WeightSource {
  const part = (layer: string, kind: string) => (expert: number) => own.read(`${layer}.mlp.experts.${expert}.${kind}_proj.weight`);
  const experts = [0, 1, 2, 3, 4];
  const stacks = new Map(
    ["model.layers.0", "model.layers.1"].flatMap((layer): [string, { shape: number[]; data: Float32Array }][] => [
      [
        `${layer}.mlp.experts.gate_up_proj`,
        { shape: [5, 28, 10], data: joinRows(experts.flatMap((expert) => [part(layer, "gate")(expert), part(layer, "up")(expert)])) },
      ],
      [`${layer}.mlp.experts.down_proj`, { shape: [5, 10, 14], data: joinRows(experts.map(part(layer, "down"))) }],
    ]),
  );
  return {
    names: () => [...own.names().filter((name) => !name.includes(".experts.")), ...stacks.keys()],
    shape: (name) => stacks.get(name)?.shape ?? own.shape(name),
    read: (name) => stacks.get(name)?.data ?? own.read(name),
  };
}

/** A tensor of a GGUF file in F32. */
function inGguf(name: string, shape: readonly number[], values: Float32Array): GgufParts["tensors"][number] {
  return { name, dimensions: [...shape].reverse(), type: 0, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

/** llama.cpp interleaves the halves of each head in the rows of q and k; heads of 4 dimensions. */
function interleaved(values: Float32Array, width: number): Float32Array {
  const order = [0, 2, 1, 3];
  const rows = Array.from({ length: values.length / width }, (_, row) => row - (row % 4) + (order[row % 4] ?? 0));
  return joinRows(rows.map((row) => values.subarray(row * width, (row + 1) * width)));
}

const ggufNames: Record<string, string> = {
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.o_proj": "attn_output",
  "mlp.gate": "ffn_gate_inp",
  input_layernorm: "attn_norm",
  post_attention_layernorm: "ffn_norm",
};

/** A Mixtral as llama.cpp's converter writes it: under the name of Llama, with a stack of each kind of matrix. */
function mixtralGguf(): string {
  const plain = (name: string, target: string) => inGguf(target, own.shape(name), own.read(name));
  const ofLayer = (layer: number) => {
    const prefix = `model.layers.${layer}`;
    const named = Object.entries(ggufNames).map(([module, target]) => {
      const name = `${prefix}.${module}.weight`;
      const values = /[qk]_proj/.test(module) ? interleaved(own.read(name), 10) : own.read(name);
      return inGguf(`blk.${layer}.${target}.weight`, own.shape(name), values);
    });
    const stacks = ["gate", "up", "down"].map((kind) => {
      const names = [0, 1, 2, 3, 4].map((expert) => `${prefix}.mlp.experts.${expert}.${kind}_proj.weight`);
      return inGguf(
        `blk.${layer}.ffn_${kind}_exps.weight`,
        [5, ...own.shape(names[0] ?? "")],
        joinRows(names.map((name) => own.read(name))),
      );
    });
    return [...named, ...stacks];
  };
  const tensors = [
    plain("model.embed_tokens.weight", "token_embd.weight"),
    plain("model.norm.weight", "output_norm.weight"),
    plain("lm_head.weight", "output.weight"),
    ...ofLayer(0),
    ...ofLayer(1),
  ];
  const keys: GgufParts["keys"] = Object.entries({
    "general.architecture": "llama",
    "llama.block_count": 2,
    "llama.context_length": 29,
    "llama.embedding_length": 10,
    "llama.feed_forward_length": 14,
    "llama.attention.head_count": 6,
    "llama.attention.head_count_kv": 3,
    "llama.attention.key_length": 4,
    "llama.attention.layer_norm_rms_epsilon": 1e-5,
    "llama.rope.freq_base": 100,
    "llama.expert_count": 5,
    "llama.expert_used_count": 2,
  });
  const path = join(temporaryFolder(), "mixtral.gguf");
  writeFileSync(path, ggufBytes({ keys, tensors }));
  return path;
}

describe("the weights of experts", () => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  it.each([
    ["in matrices of their own, as published files name them", published],
    ["in one stack of all, as the live model has them", stacked],
  ])("may lie %s", (_, source) => {
    expect(logitsOf(source())).toEqual(logitsOf(own));
  });

  it("may lie in GGUF, in one stack of each kind", () => {
    const { config, weights } = openCheckpoint(mixtralGguf());
    expect(config).toMatchObject({ model_type: "mixtral", num_local_experts: 5, num_experts_per_tok: 2 });
    const model = loadCausalModel(config, weights);
    weights.close();
    const values = tidy(() => readFloats(model.logits(model.forward(toyBatch()).final)));
    model.free();
    expect(values).toEqual(logitsOf(own));
  });

  it("are named one by one where some are missing", () => {
    const missing = "model.layers.1.mlp.experts.3.up_proj.weight";
    expect(() => logitsOf({ ...own, names: () => own.names().filter((name) => name !== missing) })).toThrow(`missing: ${missing}`);
  });
});
