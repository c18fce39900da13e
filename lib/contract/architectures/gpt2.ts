import type { DecoderArchitecture } from "./architecture";
import { demandOneOf, layerCount, positive, whole } from "./config-keys";
import type { FusedLayout } from "./decoder-config";
import { SAME, shortest } from "./gguf-form";

const layout: FusedLayout = {
  blocks: "fused",
  storesByInput: true,
  names: {
    embedding: "transformer.wte",
    positions: "transformer.wpe",
    layers: "transformer.h",
    attentionNorm: "ln_1",
    qkv: "attn.c_attn",
    attentionOutput: "attn.c_proj",
    mlpNorm: "ln_2",
    up: "mlp.c_fc",
    down: "mlp.c_proj",
    finalNorm: "transformer.ln_f",
    head: "lm_head",
  },
};

/** GPT-2: embedded positions, linear modules stored by input (Conv1D). */
export const gpt2: DecoderArchitecture = {
  kind: "decoder",
  defaultTargets: ["c_attn"],
  residualWriters: ["c_proj"],
  layout,
  // The first checkpoints carry the causal mask, and name their tensors without the model's prefix.
  stored: { buffers: /\.attn\.(?:bias|masked_bias)$/, omittedPrefix: "transformer." },
  gguf: {
    name: "gpt2",
    config: (metadata) => ({
      architectures: ["GPT2LMHeadModel"],
      activation_function: "gelu_new",
      n_embd: metadata.number("embedding_length"),
      n_head: metadata.number("attention.head_count"),
      n_layer: metadata.number("block_count"),
      n_inner: metadata.number("feed_forward_length"),
      n_positions: metadata.number("context_length"),
      layer_norm_epsilon: shortest(metadata.number("attention.layer_norm_epsilon")),
    }),
    conversion(role, part) {
      const isLinear = role === "qkv" || role === "attentionOutput" || role === "up" || role === "down";
      return isLinear && part === "weight" ? { kind: "transposed" } : SAME;
    },
  },
  parse(raw) {
    demandOneOf(raw, "activation_function", "gelu_new", ["gelu_new", "gelu_pytorch_tanh"]);
    for (const key of ["scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn", "add_cross_attention"]) {
      if (raw[key] === true) throw new Error(`config.json: ${key} is true, which is not supported`);
    }
    if (raw["scale_attn_weights"] === false) throw new Error("config.json: scale_attn_weights is false, which is not supported");
    const dModel = whole(raw, "n_embd");
    const heads = whole(raw, "n_head");
    if (dModel % heads !== 0) throw new Error(`config.json: n_embd ${dModel} is not a multiple of n_head ${heads}`);
    return {
      ...layout,
      qkvLayout: "thirds",
      hasAttentionBias: true,
      rotary: undefined,
      residual: "sequential",
      activation: "gelu_new",
      vocab: whole(raw, "vocab_size"),
      dModel,
      numLayers: layerCount(raw, "n_layer"),
      heads,
      kvHeads: heads,
      dHead: dModel / heads,
      queryScale: (dModel / heads) ** -0.5,
      dFeedForward: raw["n_inner"] == null ? 4 * dModel : whole(raw, "n_inner"),
      contextLength: whole(raw, "n_positions"),
      normEpsilon: positive(raw, "layer_norm_epsilon", 1e-5),
      tieWordEmbeddings: raw["tie_word_embeddings"] !== false,
    };
  },
};
