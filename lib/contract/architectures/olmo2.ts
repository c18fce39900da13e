import type { GatedLayout } from "./decoder-config";
import { ggufForm, llamaLayout, llamaLike } from "./llama";

const { attentionNorm: _attention, mlpNorm: _mlp, ...shared } = llamaLayout.names;

export const olmo2Layout: GatedLayout = {
  ...llamaLayout,
  names: {
    ...shared,
    attentionOutputNorm: "post_attention_layernorm",
    mlpOutputNorm: "post_feedforward_layernorm",
    queryNorm: "self_attn.q_norm",
    keyNorm: "self_attn.k_norm",
  },
};

const form = ggufForm("olmo2", "Olmo2ForCausalLM");

/** OLMo 2: norms after attention and MLP instead of before them, and of all queries and all keys of a token together. */
export const olmo2 = llamaLike({
  layout: olmo2Layout,
  queryKeyNorm: "whole",
  defaults: { rms_norm_eps: 1e-5 },
  qkvBias: "configured",
  outputBias: "configured",
  slides: () => false,
  gguf: {
    ...form,
    config(metadata) {
      if (metadata.number("attention.sliding_window", 0) > 0) {
        throw metadata.refusal("holds OLMo 3, which is read from safetensors alone; use the original checkpoint");
      }
      return form.config(metadata);
    },
  },
});
