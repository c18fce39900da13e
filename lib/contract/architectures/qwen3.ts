import { ggufForm, llamaLayout, llamaLike } from "./llama";

/** Qwen3: each head's queries and keys are normed before they are rotated. */
export const qwen3 = llamaLike({
  layout: { ...llamaLayout, names: { ...llamaLayout.names, queryNorm: "self_attn.q_norm", keyNorm: "self_attn.k_norm" } },
  queryKeyNorm: "perHead",
  defaults: { head_dim: 128 },
  qkvBias: "configured",
  outputBias: "configured",
  window: "configured",
  gguf: ggufForm("qwen3", "Qwen3ForCausalLM"),
});
