import type { DecoderArchitecture } from "./architecture";
import { layerCount, oneOf, positive, whole } from "./config-keys";
import type { FusedLayout } from "./decoder-config";
import { SAME, shortest } from "./gguf-form";
import { NONLINEARITIES } from "./nonlinearity-names";
import { scaledContextLength } from "./rope-scaling";
import { ropeScaling, ropeTheta, rotaryDims } from "./rotary-settings";

const layout: FusedLayout = {
  blocks: "fused",
  storesByInput: false,
  names: {
    embedding: "gpt_neox.embed_in",
    layers: "gpt_neox.layers",
    attentionNorm: "input_layernorm",
    qkv: "attention.query_key_value",
    attentionOutput: "attention.dense",
    mlpNorm: "post_attention_layernorm",
    up: "mlp.dense_h_to_4h",
    down: "mlp.dense_4h_to_h",
    finalNorm: "gpt_neox.final_layer_norm",
    head: "embed_out",
  },
};

/** GPT-NeoX and Pythia: attention and MLP read the block's input side by side, rotary positions turn a part of each head. */
export const gptNeox: DecoderArchitecture = {
  kind: "decoder",
  defaultTargets: ["query_key_value"],
  residualWriters: ["dense", "dense_4h_to_h"],
  layout,
  // Published files carry the causal mask as `attention.bias`; transformers 5 also saves the head under the live model's name.
  stored: {
    buffers: /\.attention\.(?:bias|masked_bias|rotary_emb\.inv_freq)$/,
    aliases: { "lm_head.weight": "embed_out.weight" },
  },
  gguf: {
    name: "gptneox",
    config: (metadata) => ({
      architectures: ["GPTNeoXForCausalLM"],
      hidden_act: "gelu",
      hidden_size: metadata.number("embedding_length"),
      intermediate_size: metadata.number("feed_forward_length"),
      num_hidden_layers: metadata.number("block_count"),
      num_attention_heads: metadata.number("attention.head_count"),
      max_position_embeddings: metadata.number("context_length"),
      layer_norm_eps: shortest(metadata.number("attention.layer_norm_epsilon")),
      use_parallel_residual: metadata.flag("use_parallel_residual", true),
      rope_parameters: {
        rope_type: "default",
        rope_theta: shortest(metadata.number("rope.freq_base", 10000)),
        partial_rotary_factor:
          (metadata.number("rope.dimension_count") * metadata.number("attention.head_count")) / metadata.number("embedding_length"),
      },
    }),
    conversion: (role, _, config) => (role === "qkv" ? { kind: "rowsByHead", heads: Number(config["num_attention_heads"]) } : SAME),
  },
  parse(raw) {
    const dModel = whole(raw, "hidden_size");
    const heads = whole(raw, "num_attention_heads");
    const dHead = dModel / heads;
    if (!Number.isInteger(dHead) || dHead % 2 !== 0) {
      throw new Error(`config.json: hidden_size ${dModel} over num_attention_heads ${heads} gives no even head size`);
    }
    const dims = rotaryDims(raw, dHead, "rotary_pct", 0.25);
    const scaling = ropeScaling(raw, dims);
    return {
      ...layout,
      qkvLayout: "byHead",
      hasAttentionBias: raw["attention_bias"] !== false,
      rotary: { theta: ropeTheta(raw, "rotary_emb_base"), scaling, dims },
      residual: raw["use_parallel_residual"] === false ? "sequential" : "parallel",
      activation: oneOf(raw, "hidden_act", "gelu", NONLINEARITIES),
      vocab: whole(raw, "vocab_size"),
      dModel,
      numLayers: layerCount(raw),
      heads,
      kvHeads: heads,
      dHead,
      queryScale: dHead ** -0.5,
      dFeedForward: whole(raw, "intermediate_size"),
      contextLength: scaledContextLength(raw, scaling),
      normEpsilon: positive(raw, "layer_norm_eps", 1e-5),
      tieWordEmbeddings: raw["tie_word_embeddings"] === true,
    };
  },
};
