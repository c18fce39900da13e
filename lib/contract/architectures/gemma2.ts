import type { GatedLayout } from "./decoder-config";
import { evenLayers, gemmaLike } from "./gemma";
import { gemmaGguf, queryScalar } from "./gemma-gguf";
import { ggufRopeParameters } from "./gguf-rotary";
import { llamaLayout } from "./llama";

/** Norms before and after both attention and the MLP, as Gemma has them from its second generation on. */
export const fourNormLayout: GatedLayout = {
  ...llamaLayout,
  names: {
    ...llamaLayout.names,
    attentionOutputNorm: "post_attention_layernorm",
    mlpNorm: "pre_feedforward_layernorm",
    mlpOutputNorm: "post_feedforward_layernorm",
  },
};

const WINDOW = 4096;
const SCORE_CAP = 50;
const LOGIT_CAP = 30;

/** Gemma 2: four norms a block, capped scores and logits, and a sliding window in every other layer. */
export const gemma2 = gemmaLike({
  layout: fourNormLayout,
  queryKeyNorm: "none",
  defaults: {
    max_position_embeddings: 8192,
    sliding_window: WINDOW,
    query_pre_attn_scalar: 256,
    attn_logit_softcapping: SCORE_CAP,
    final_logit_softcapping: LOGIT_CAP,
  },
  layers: (raw, dHead) => evenLayers(raw, dHead, (layer) => layer % 2 === 0),
  gguf: gemmaGguf("gemma2", "Gemma2ForCausalLM", (metadata) => ({
    query_pre_attn_scalar: queryScalar(metadata, 46),
    sliding_window: metadata.number("attention.sliding_window", WINDOW),
    attn_logit_softcapping: metadata.number("attn_logit_softcapping", SCORE_CAP),
    final_logit_softcapping: metadata.number("final_logit_softcapping", LOGIT_CAP),
    rope_parameters: ggufRopeParameters(metadata),
  })),
});
