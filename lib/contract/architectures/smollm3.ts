import { type RawModelConfig, whole } from "./config-keys";
import { ggufForm, llamaLike } from "./llama";

/** SmolLM3: a Llama in which every fourth layer, unless the file says otherwise, has no rotary positions. */
export const smollm3 = llamaLike({
  defaults: { rope_theta: 2e6, tie_word_embeddings: true, no_rope_layer_interval: 4 },
  qkvBias: "configured",
  outputBias: "configured",
  slides: (raw, layer) => raw["use_sliding_window"] === true && !rotates(raw, layer),
  rotates,
  // llama.cpp leaves every fourth layer without them, and no field says so.
  gguf: ggufForm("smollm3", "SmolLM3ForCausalLM", "interleaved"),
});

/** In `no_rope_layers` 1 stands for a layer that has rotary positions. */
function rotates(raw: RawModelConfig, layer: number): boolean {
  const listed = raw["no_rope_layers"];
  if (listed == null) return (layer + 1) % whole(raw, "no_rope_layer_interval") !== 0;
  const value: unknown = Array.isArray(listed) ? listed[layer] : undefined;
  if (value === 0 || value === 1) return value === 1;
  throw new Error(`config.json: no_rope_layers must have 0 or 1 for layer ${layer}, but is ${JSON.stringify(listed)}`);
}
