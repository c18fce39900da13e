import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { Random } from "@/lib/numbers/random";
import type { LabelledBatch } from "@/server/engine/models/causal-model";
import type { WeightSource } from "@/server/engine/models/weights";
import { loadCausalModel } from "@/tests/support/load-causal-model";

/** Configurations whose sizes are distinct, so that a swapped axis shows. */
export const toyConfigs = {
  llama: llamaLike({ model_type: "llama", tie_word_embeddings: true, attention_bias: true, mlp_bias: true }),
  mistral: llamaLike({ model_type: "mistral", tie_word_embeddings: false, sliding_window: 3 }),
  phi3: llamaLike({ model_type: "phi3", tie_word_embeddings: false, partial_rotary_factor: 0.5 }),
  qwen2: llamaLike({ model_type: "qwen2", tie_word_embeddings: false }),
  qwen3: llamaLike({ model_type: "qwen3", tie_word_embeddings: true }),
  olmo2: llamaLike({ model_type: "olmo2", tie_word_embeddings: false, attention_bias: true }),
  // Of its two layers the second has no rotary positions.
  smollm3: llamaLike({ model_type: "smollm3", tie_word_embeddings: true, no_rope_layer_interval: 2 }),
  mixtral: llamaLike({ model_type: "mixtral", tie_word_embeddings: false, num_local_experts: 5, num_experts_per_tok: 2 }),
  // The first layer has one MLP, the second experts whose weights do not sum to 1.
  qwen3_moe: llamaLike({
    model_type: "qwen3_moe",
    tie_word_embeddings: true,
    num_experts: 5,
    num_experts_per_tok: 2,
    moe_intermediate_size: 14,
    decoder_sparse_step: 2,
  }),
  gemma: llamaLike({ model_type: "gemma", hidden_act: "gelu_pytorch_tanh", tie_word_embeddings: true }),
  gemma2: llamaLike({
    model_type: "gemma2",
    hidden_act: undefined,
    tie_word_embeddings: true,
    sliding_window: 3,
    query_pre_attn_scalar: 5,
    attn_logit_softcapping: 1.5,
    final_logit_softcapping: 2,
  }),
  gemma3_text: llamaLike({
    model_type: "gemma3_text",
    hidden_act: undefined,
    tie_word_embeddings: true,
    sliding_window: 3,
    sliding_window_pattern: 2,
    rope_local_base_freq: 10,
    query_pre_attn_scalar: 5,
  }),
  gpt2: {
    model_type: "gpt2",
    vocab_size: 23,
    n_embd: 12,
    n_layer: 2,
    n_head: 3,
    n_positions: 29,
    n_inner: 14,
    activation_function: "gelu_new",
  },
  gpt_neox: gptNeoxLike({ rotary_pct: 0.5 }),
  "gpt_neox-sequential": gptNeoxLike({ rotary_pct: 1, use_parallel_residual: false }),
} satisfies Record<string, RawModelConfig>;

export type ToyName = keyof typeof toyConfigs;

function llamaLike(more: RawModelConfig): RawModelConfig {
  return {
    vocab_size: 23,
    hidden_size: 10,
    num_hidden_layers: 2,
    num_attention_heads: 6,
    num_key_value_heads: 3,
    head_dim: 4,
    intermediate_size: 14,
    max_position_embeddings: 29,
    rms_norm_eps: 1e-5,
    rope_theta: 100,
    hidden_act: "silu",
    ...more,
  };
}

function gptNeoxLike(more: RawModelConfig): RawModelConfig {
  return {
    model_type: "gpt_neox",
    vocab_size: 23,
    hidden_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 3,
    intermediate_size: 14,
    max_position_embeddings: 29,
    rotary_emb_base: 100,
    ...more,
  };
}

/** Random weights of the shapes that a configuration asks for. */
export function toyWeights(config: RawModelConfig, seed = 1): WeightSource {
  const shapes = shapesOf(config);
  const names = [...shapes.keys()];
  const shape = (name: string) => {
    const found = shapes.get(name);
    if (found === undefined) throw new Error(`no weight ${name}`);
    return found;
  };
  return {
    names: () => names,
    shape,
    read(name) {
      const random = new Random(seed * 1000 + names.indexOf(name));
      // Gemma's multiply by 1 + w.
      const isNorm = /norm\.weight|ln_.\.weight/.test(name) && !String(config["model_type"]).startsWith("gemma");
      const deviation = shape(name).length === 1 ? 0.2 : 0.5;
      return Float32Array.from(
        { length: shape(name).reduce((size, length) => size * length, 1) },
        () => (isNorm ? 1 : 0) + deviation * random.nextNormal(),
      );
    },
  };
}

export function loadToy(name: ToyName) {
  return loadCausalModel(toyConfigs[name], toyWeights(toyConfigs[name]));
}

/** Three rows of unequal length with labels on most tokens, padded on the right. */
export function toyBatch(seed = 5): LabelledBatch {
  const random = new Random(seed);
  const [rows, tokens] = [3, 7];
  const lengths = [7, 5, 2];
  const ids = Int32Array.from({ length: rows * tokens }, () => random.nextBelow(23));
  const attentionMask = Int32Array.from(ids, (_, at) => (at % tokens < (lengths[Math.floor(at / tokens)] ?? 0) ? 1 : 0));
  const labels = ids.map((id, at) => (attentionMask[at] === 1 && at % tokens !== 3 ? id : -100));
  return { ids, attentionMask, labels, rows, tokens };
}

function shapesOf(config: RawModelConfig): Map<string, number[]> {
  if (config["model_type"] === "gpt2") return gpt2Shapes();
  return config["model_type"] === "gpt_neox" ? gptNeoxShapes() : llamaShapes(config);
}

function gptNeoxShapes(): Map<string, number[]> {
  const shapes = new Map<string, number[]>([
    ["gpt_neox.embed_in.weight", [23, 24]],
    ["embed_out.weight", [23, 24]],
  ]);
  const norms = ["gpt_neox.final_layer_norm"];
  for (const layer of [0, 1]) {
    const prefix = `gpt_neox.layers.${layer}`;
    norms.push(`${prefix}.input_layernorm`, `${prefix}.post_attention_layernorm`);
    const widths: [string, number, number][] = [
      ["attention.query_key_value", 72, 24],
      ["attention.dense", 24, 24],
      ["mlp.dense_h_to_4h", 14, 24],
      ["mlp.dense_4h_to_h", 24, 14],
    ];
    for (const [name, dOut, dIn] of widths) {
      shapes.set(`${prefix}.${name}.weight`, [dOut, dIn]);
      shapes.set(`${prefix}.${name}.bias`, [dOut]);
    }
  }
  for (const norm of norms) for (const part of ["weight", "bias"]) shapes.set(`${norm}.${part}`, [24]);
  return shapes;
}

function llamaShapes(config: RawModelConfig): Map<string, number[]> {
  const shapes = new Map<string, number[]>([
    ["model.embed_tokens.weight", [23, 10]],
    ["model.norm.weight", [10]],
  ]);
  if (config["tie_word_embeddings"] !== true) shapes.set("lm_head.weight", [23, 10]);
  const hasQkvBias = config["attention_bias"] === true || config["model_type"] === "qwen2";
  const joined: [string, number, number, boolean][] = [
    ["self_attn.qkv_proj", 48, 10, false],
    ["self_attn.o_proj", 10, 24, false],
    ["mlp.gate_up_proj", 28, 10, false],
    ["mlp.down_proj", 10, 14, false],
  ];
  const apart: [string, number, number, boolean][] = [
    ["self_attn.q_proj", 24, 10, hasQkvBias],
    ["self_attn.k_proj", 12, 10, hasQkvBias],
    ["self_attn.v_proj", 12, 10, hasQkvBias],
    ["self_attn.o_proj", 10, 24, config["attention_bias"] === true],
    ["mlp.gate_proj", 14, 10, config["mlp_bias"] === true],
    ["mlp.up_proj", 14, 10, config["mlp_bias"] === true],
    ["mlp.down_proj", 10, 14, config["mlp_bias"] === true],
  ];
  const widths = config["model_type"] === "phi3" ? joined : apart;
  for (const layer of [0, 1]) {
    const hasExperts = config["model_type"] === "mixtral" || (config["model_type"] === "qwen3_moe" && layer === 1);
    if (hasExperts) for (const [name, shape] of expertShapes(`model.layers.${layer}.mlp`)) shapes.set(name, shape);
    for (const [name, width] of llamaNorms(config)) shapes.set(`model.layers.${layer}.${name}.weight`, [width]);
    for (const [name, dOut, dIn, hasBias] of hasExperts ? widths.slice(0, 4) : widths) {
      shapes.set(`model.layers.${layer}.${name}.weight`, [dOut, dIn]);
      if (hasBias) shapes.set(`model.layers.${layer}.${name}.bias`, [dOut]);
    }
  }
  return shapes;
}

function expertShapes(mlp: string): [string, number[]][] {
  const experts = [0, 1, 2, 3, 4].flatMap((expert): [string, number[]][] => [
    [`${mlp}.experts.${expert}.gate_proj.weight`, [14, 10]],
    [`${mlp}.experts.${expert}.up_proj.weight`, [14, 10]],
    [`${mlp}.experts.${expert}.down_proj.weight`, [10, 14]],
  ]);
  return [[`${mlp}.gate.weight`, [5, 10]], ...experts];
}

function llamaNorms({ model_type }: RawModelConfig): [string, number][] {
  const before: [string, number][] = [
    ["input_layernorm", 10],
    ["post_attention_layernorm", 10],
  ];
  const ofHeads = (query: number, key: number): [string, number][] => [
    ["self_attn.q_norm", query],
    ["self_attn.k_norm", key],
  ];
  if (model_type === "qwen3" || model_type === "qwen3_moe") return [...before, ...ofHeads(4, 4)];
  const around: [string, number][] = [...before, ["pre_feedforward_layernorm", 10], ["post_feedforward_layernorm", 10]];
  if (model_type === "gemma2") return around;
  if (model_type === "gemma3_text") return [...around, ...ofHeads(4, 4)];
  if (model_type === "olmo2") return [["post_attention_layernorm", 10], ["post_feedforward_layernorm", 10], ...ofHeads(24, 12)];
  return before;
}

function gpt2Shapes(): Map<string, number[]> {
  const shapes = new Map<string, number[]>([
    ["transformer.wte.weight", [23, 12]],
    ["transformer.wpe.weight", [29, 12]],
  ]);
  const norms = ["transformer.ln_f"];
  for (const layer of [0, 1]) {
    const prefix = `transformer.h.${layer}`;
    norms.push(`${prefix}.ln_1`, `${prefix}.ln_2`);
    const widths: [string, number, number][] = [
      ["attn.c_attn", 12, 36],
      ["attn.c_proj", 12, 12],
      ["mlp.c_fc", 12, 14],
      ["mlp.c_proj", 14, 12],
    ];
    for (const [name, dIn, dOut] of widths) {
      shapes.set(`${prefix}.${name}.weight`, [dIn, dOut]);
      shapes.set(`${prefix}.${name}.bias`, [dOut]);
    }
  }
  for (const norm of norms) for (const part of ["weight", "bias"]) shapes.set(`${norm}.${part}`, [12]);
  return shapes;
}
