import { type RawModelConfig, whole } from "./config-keys";
import type { GatedLayout } from "./decoder-config";
import { gemmaLike } from "./gemma";
import { gemmaGguf, queryScalar } from "./gemma-gguf";
import { fourNormLayout } from "./gemma2";
import { shortest } from "./gguf-form";
import { ggufRopeParameters } from "./gguf-rotary";
import { layerWindows, rotaryByKind } from "./layer-attention";

const layout: GatedLayout = {
  ...fourNormLayout,
  names: { ...fourNormLayout.names, queryNorm: "self_attn.q_norm", keyNorm: "self_attn.k_norm" },
};

/** One full layer in so many, the last of them. */
const PATTERN = 6;

/** Gemma 3's text model: norms of queries and keys, five sliding layers to one full one, and a rotary base of its own for each of the two kinds. */
export const gemma3Text = gemmaLike({
  layout,
  queryKeyNorm: "perHead",
  defaults: {
    max_position_embeddings: 131_072,
    sliding_window: 4096,
    query_pre_attn_scalar: 256,
    rope_theta: 1_000_000,
    rope_local_base_freq: 10_000,
  },
  layers(raw, dHead) {
    const windows = layerWindows(raw, (layer) => (layer + 1) % patternOf(raw) !== 0);
    return rotaryByKind(raw, { windows, dims: dHead, slidingTheta: "rope_local_base_freq" });
  },
  gguf: gemmaGguf("gemma3", "Gemma3ForCausalLM", (metadata) => ({
    query_pre_attn_scalar: queryScalar(metadata, 62),
    sliding_window: metadata.number("attention.sliding_window", 4096),
    sliding_window_pattern: metadata.number("attention.sliding_window_pattern", PATTERN),
    rope_parameters: {
      full_attention: ggufRopeParameters(metadata),
      sliding_attention: { rope_type: "default", rope_theta: shortest(metadata.number("rope.freq_base_swa", 10_000)) },
    },
  })),
});

function patternOf(raw: RawModelConfig): number {
  const key = raw["sliding_window_pattern"] == null ? "_sliding_window_pattern" : "sliding_window_pattern";
  return raw[key] == null ? PATTERN : whole(raw, key);
}
