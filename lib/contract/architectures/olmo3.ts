import { llamaLike } from "./llama";
import { olmo2Layout } from "./olmo2";

/** OLMo 3: OLMo 2 in which three layers of four slide; a scaling for long contexts is that of the full layers alone. */
export const olmo3 = llamaLike({
  layout: olmo2Layout,
  queryKeyNorm: "whole",
  defaults: { rms_norm_eps: 1e-5, rope_theta: 5e5, sliding_window: 4096 },
  qkvBias: "configured",
  outputBias: "configured",
  slides: (_, layer) => (layer + 1) % 4 !== 0,
  hasRotaryByKind: true,
  // llama.cpp has it under the name of OLMo 2, whose form refuses it.
  gguf: undefined,
});
