import { layerCount, type RawModelConfig, whole } from "./config-keys";
import type { GatedConfig, GatedLayout } from "./decoder-config";
import { expertSettings, ggufExperts } from "./expert-keys";
import { ggufForm, llamaLike } from "./llama";
import { qwen3Layout } from "./qwen3";

const layout: GatedLayout = { ...qwen3Layout, names: { ...qwen3Layout.names, router: "mlp.gate", experts: "mlp.experts" } };

const form = ggufForm("qwen3moe", "Qwen3MoeForCausalLM");

/** Qwen3 with experts in all layers, or in those that `decoder_sparse_step` and `mlp_only_layers` leave them. */
export const qwen3Moe = llamaLike({
  layout,
  queryKeyNorm: "perHead",
  defaults: { decoder_sparse_step: 1 },
  qkvBias: "configured",
  outputBias: "configured",
  slides: (raw) => raw["use_sliding_window"] === true,
  gguf: {
    ...form,
    config: (metadata) => ({
      ...form.config(metadata),
      ...ggufExperts(metadata, "num_experts"),
      moe_intermediate_size: metadata.number("expert_feed_forward_length"),
      norm_topk_prob: metadata.flag("expert_weights_norm", true),
    }),
  },
  experts: layerExperts,
});

function layerExperts(raw: RawModelConfig): GatedConfig["experts"] {
  const countKey = raw["num_experts"] == null ? "num_local_experts" : "num_experts";
  const settings = expertSettings(raw, countKey, {
    dFeedForward: whole(raw, "moe_intermediate_size"),
    isNormalised: raw["norm_topk_prob"] === true,
  });
  const every = whole(raw, "decoder_sparse_step");
  const plain: unknown = raw["mlp_only_layers"] ?? [];
  if (!Array.isArray(plain)) throw new Error(`config.json: mlp_only_layers must be a list, but is ${JSON.stringify(plain)}`);
  const hasExperts = (layer: number) => (layer + 1) % every === 0 && !plain.includes(layer);
  return Array.from({ length: layerCount(raw) }, (_, layer) => (hasExperts(layer) ? settings : undefined));
}
