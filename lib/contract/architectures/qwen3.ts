import type { GatedLayout } from "./decoder-config";
import { ggufForm, llamaLayout, llamaLike, qwenSlides } from "./llama";

export const qwen3Layout: GatedLayout = {
  ...llamaLayout,
  names: { ...llamaLayout.names, queryNorm: "self_attn.q_norm", keyNorm: "self_attn.k_norm" },
};

/** Qwen3: each head's queries and keys are normed before they are rotated. */
export const qwen3 = llamaLike({
  layout: qwen3Layout,
  queryKeyNorm: "perHead",
  defaults: { head_dim: 128 },
  qkvBias: "configured",
  outputBias: "configured",
  slides: qwenSlides,
  gguf: ggufForm("qwen3", "Qwen3ForCausalLM"),
});
