import { layerCount, whole } from "./config-keys";
import type { GatedLayout } from "./decoder-config";
import { expertSettings, ggufExperts, hasGgufExperts } from "./expert-keys";
import { ggufForm, llamaLayout, llamaLike, llamaStored } from "./llama";

const layout: GatedLayout = { ...llamaLayout, names: { ...llamaLayout.names, router: "mlp.gate", experts: "mlp.experts" } };

const form = ggufForm("llama", "MixtralForCausalLM", "interleaved");

/** Mixtral: a router sends each token through a few of several MLPs. */
export const mixtral = llamaLike({
  layout,
  defaults: { rms_norm_eps: 1e-5, rope_theta: 1e6, num_key_value_heads: 8, num_experts_per_tok: 2, num_local_experts: 8 },
  qkvBias: "configured",
  outputBias: "never",
  slides: () => true,
  // Published files have names of their own for what the live model calls the MLP.
  stored: {
    ...llamaStored,
    respelled: [
      [/\.block_sparse_moe\./, ".mlp."],
      [/(\.experts\.\d+)\.w1\./, "$1.gate_proj."],
      [/(\.experts\.\d+)\.w3\./, "$1.up_proj."],
      [/(\.experts\.\d+)\.w2\./, "$1.down_proj."],
    ],
  },
  // GGUF files call it llama.
  gguf: {
    ...form,
    isOwn: hasGgufExperts,
    config: (metadata) => ({ ...form.config(metadata), ...ggufExperts(metadata, "num_local_experts") }),
  },
  experts(raw) {
    const settings = expertSettings(raw, "num_local_experts", { dFeedForward: whole(raw, "intermediate_size"), isNormalised: true });
    return Array.from({ length: layerCount(raw) }, () => settings);
  },
});
