import type { DecoderArchitecture } from "./architecture";
import { demandOneOf, layerCount, positive, whole } from "./config-keys";
import { type JoinedConfig, type JoinedLayout, PLAIN_BLOCKS } from "./decoder-config";
import { SAME } from "./gguf-form";
import { ggufRopeParameters } from "./gguf-rotary";
import { ggufSizes, widthPerHead } from "./gguf-sizes";
import { headSizes } from "./head-sizes";
import { layerWindows, windowedLayers } from "./layer-attention";
import { llamaStored } from "./llama";
import { scaledContextLength } from "./rope-scaling";
import { ropeScaling, ropeTheta, rotaryDims } from "./rotary-settings";

const layout: JoinedLayout = {
  blocks: "joined",
  storesByInput: false,
  names: {
    embedding: "model.embed_tokens",
    layers: "model.layers",
    attentionNorm: "input_layernorm",
    qkv: "self_attn.qkv_proj",
    attentionOutput: "self_attn.o_proj",
    mlpNorm: "post_attention_layernorm",
    gateUp: "mlp.gate_up_proj",
    down: "mlp.down_proj",
    finalNorm: "model.norm",
    head: "lm_head",
  },
};

/** Phi-3 and Phi-4: rows of q, k and v in one projection and of gate and up in another; rotary positions may turn a part of each head. */
export const phi3: DecoderArchitecture = {
  kind: "decoder",
  defaultTargets: ["qkv_proj"],
  residualWriters: ["o_proj", "down_proj"],
  layout,
  stored: llamaStored,
  gguf: {
    name: "phi3",
    config(metadata) {
      const headSize = widthPerHead(metadata);
      const window = metadata.number("attention.sliding_window", 0);
      return {
        architectures: ["Phi3ForCausalLM"],
        hidden_act: "silu",
        ...ggufSizes(metadata),
        // llama.cpp writes 0 where there is no window.
        sliding_window: window === 0 ? null : window,
        rope_parameters: {
          ...ggufRopeParameters(metadata),
          partial_rotary_factor: metadata.number("rope.dimension_count", headSize) / headSize,
        },
      };
    },
    conversion: () => SAME,
  },
  parse(raw): JoinedConfig {
    demandOneOf(raw, "hidden_act", "silu", ["silu", "swish"]);
    const sizes = headSizes(raw);
    const dims = rotaryDims(raw, sizes.dHead, "partial_rotary_factor", 1);
    const scaling = ropeScaling(raw, dims);
    return {
      ...layout,
      ...PLAIN_BLOCKS,
      ...sizes,
      vocab: whole(raw, "vocab_size"),
      numLayers: layerCount(raw),
      dFeedForward: whole(raw, "intermediate_size"),
      contextLength: scaledContextLength(raw, scaling),
      normEpsilon: positive(raw, "rms_norm_eps", 1e-5),
      tieWordEmbeddings: raw["tie_word_embeddings"] === true,
      queryKeyNorm: "none",
      rotary: [{ theta: ropeTheta(raw, "rope_theta"), scaling, dims }],
      layerAttention: windowedLayers(layerWindows(raw, () => true)),
    };
  },
};
