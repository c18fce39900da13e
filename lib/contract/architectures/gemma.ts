import type { DecoderArchitecture } from "./architecture";
import { layerCount, oneOf, positive, type RawModelConfig, whole } from "./config-keys";
import type { GatedConfig, GatedLayout } from "./decoder-config";
import { gemmaGguf } from "./gemma-gguf";
import type { GgufForm } from "./gguf-form";
import { ggufRopeParameters } from "./gguf-rotary";
import { headSizes } from "./head-sizes";
import { layerWindows, windowedLayers } from "./layer-attention";
import { llamaLayout, llamaStored } from "./llama";
import { ropeScaling, ropeTheta } from "./rotary-settings";

type LayerSettings = Pick<GatedConfig, "rotary" | "layerAttention">;

/** What the generations of Gemma differ by. */
type Generation = {
  readonly layout: GatedLayout;
  readonly queryKeyNorm: GatedConfig["queryKeyNorm"];
  /** What transformers takes for keys that published files leave out. */
  readonly defaults: RawModelConfig;
  layers(raw: RawModelConfig, dHead: number): LayerSettings;
  readonly gguf: GgufForm;
};

/** Gemma: Llama with norms that multiply by 1 + w, embeddings times √dModel, GELU in the MLP, and heads wider than their share of the model. */
export const gemma = gemmaLike({
  layout: llamaLayout,
  queryKeyNorm: "none",
  defaults: { max_position_embeddings: 8192 },
  layers: (raw, dHead) => evenLayers(raw, dHead, () => false),
  gguf: gemmaGguf("gemma", "GemmaForCausalLM", (metadata) => ({ rope_parameters: ggufRopeParameters(metadata) })),
});

export function gemmaLike({ layout, queryKeyNorm, defaults, layers, gguf }: Generation): DecoderArchitecture {
  return {
    kind: "decoder",
    defaultTargets: ["q_proj", "v_proj"],
    residualWriters: ["o_proj", "down_proj"],
    layout,
    stored: llamaStored,
    gguf,
    parse(given): GatedConfig {
      const raw: RawModelConfig = { head_dim: 256, tie_word_embeddings: true, ...defaults, ...given };
      demandGelu(raw);
      demandCausal(raw);
      const sizes = headSizes(raw);
      const hasBias = raw["attention_bias"] === true;
      return {
        ...layout,
        vocab: whole(raw, "vocab_size"),
        ...sizes,
        queryScale: positive(raw, "query_pre_attn_scalar", sizes.dHead) ** -0.5,
        numLayers: layerCount(raw),
        dFeedForward: whole(raw, "intermediate_size"),
        contextLength: whole(raw, "max_position_embeddings"),
        normEpsilon: positive(raw, "rms_norm_eps", 1e-6),
        tieWordEmbeddings: raw["tie_word_embeddings"] === true,
        gateActivation: "gelu-tanh",
        normOffset: 1,
        embeddingScale: Math.sqrt(sizes.dModel),
        scoreCap: capOf(raw, "attn_logit_softcapping"),
        logitCap: capOf(raw, "final_logit_softcapping"),
        queryKeyNorm,
        experts: [],
        ...layers(raw, sizes.dHead),
        hasQkvBias: hasBias,
        hasOutputBias: hasBias,
        hasMlpBias: false,
      };
    },
  };
}

/** Layers that share their rotary settings; those that slide are told where the file does not name them. */
export function evenLayers(raw: RawModelConfig, dHead: number, slides: (layer: number) => boolean): LayerSettings {
  return {
    rotary: [{ theta: ropeTheta(raw, "rope_theta"), scaling: ropeScaling(raw, dHead), dims: dHead }],
    layerAttention: windowedLayers(layerWindows(raw, slides)),
  };
}

/** The first files say `hidden_act` "gelu" and mean its tanh form; `hidden_activation` replaced it. */
function demandGelu(raw: RawModelConfig): void {
  const standard = "gelu_pytorch_tanh";
  if (raw["hidden_activation"] != null) oneOf(raw, "hidden_activation", standard, [standard, "gelu_new"]);
  else oneOf(raw, "hidden_act", standard, ["gelu", standard, "gelu_new"]);
}

function demandCausal(raw: RawModelConfig): void {
  const value = raw["use_bidirectional_attention"];
  if (value == null || value === false) return;
  throw new Error(`config.json: use_bidirectional_attention ${JSON.stringify(value)} is not supported; supported: causal attention`);
}

function capOf(raw: RawModelConfig, key: string): number | undefined {
  return raw[key] == null ? undefined : positive(raw, key);
}
