import type { DecoderArchitecture } from "./architecture";
import { demandOneOf, layerCount, positive, type RawModelConfig, whole, wholeFromZero } from "./config-keys";
import { type GatedConfig, type GatedLayout, PLAIN_BLOCKS } from "./decoder-config";
import { hasGgufExperts } from "./expert-keys";
import { type GgufForm, SAME } from "./gguf-form";
import { ggufRopeParameters } from "./gguf-rotary";
import { ggufHeadSize, ggufSizes } from "./gguf-sizes";
import { headSizes } from "./head-sizes";
import { layerWindows, rotaryByKind } from "./layer-attention";
import { scaledContextLength } from "./rope-scaling";
import { ropeScaling, ropeTheta } from "./rotary-settings";

export const llamaLayout: GatedLayout = {
  blocks: "gated",
  storesByInput: false,
  names: {
    embedding: "model.embed_tokens",
    layers: "model.layers",
    attentionNorm: "input_layernorm",
    q: "self_attn.q_proj",
    k: "self_attn.k_proj",
    v: "self_attn.v_proj",
    attentionOutput: "self_attn.o_proj",
    mlpNorm: "post_attention_layernorm",
    gate: "mlp.gate_proj",
    up: "mlp.up_proj",
    down: "mlp.down_proj",
    finalNorm: "model.norm",
    head: "lm_head",
  },
};

/** The first checkpoints carry the inverse frequencies of their rotary embeddings. */
export const llamaStored: DecoderArchitecture["stored"] = { buffers: /\.rotary_emb\.inv_freq$/ };

/** What Llama and the architectures like it differ by. */
type Variant = {
  /** Llama's own unless told. */
  readonly layout?: GatedLayout;
  /** "none" unless told. */
  readonly queryKeyNorm?: GatedConfig["queryKeyNorm"];
  /** What keys of `config.json` mean where they are left out, if not what they mean for Llama. */
  readonly defaults?: RawModelConfig;
  readonly qkvBias: "always" | "configured";
  readonly outputBias: "never" | "configured";
  /** Which layers slide where the file does not name them. */
  slides(raw: RawModelConfig, layer: number): boolean;
  /** Which layers have rotary positions; all unless told. */
  rotates?(raw: RawModelConfig, layer: number): boolean;
  /** Whether full and sliding layers have rotary settings of their own; all layers share them unless told. */
  readonly hasRotaryByKind?: boolean;
  readonly gguf: GgufForm | undefined;
  readonly stored?: DecoderArchitecture["stored"];
  /** The experts of each layer; one gated MLP unless told. */
  experts?(raw: RawModelConfig): GatedConfig["experts"];
};

export const llama = llamaLike({
  qkvBias: "configured",
  outputBias: "configured",
  slides: () => false,
  gguf: { ...ggufForm("llama", "LlamaForCausalLM", "interleaved"), isOwn: (metadata) => !hasGgufExperts(metadata) },
});
/** GGUF files of Mistral call it llama. */
export const mistral = llamaLike({ qkvBias: "configured", outputBias: "never", slides: () => true, gguf: undefined });
export const qwen2 = llamaLike({ qkvBias: "always", outputBias: "never", slides: qwenSlides, gguf: ggufForm("qwen2", "Qwen2ForCausalLM") });

/** Qwen's files turn the window on from some layer on. */
export function qwenSlides(raw: RawModelConfig, layer: number): boolean {
  return raw["use_sliding_window"] === true && layer >= wholeFromZero(raw, "max_window_layers", 28);
}

export function llamaLike({
  layout = llamaLayout,
  queryKeyNorm = "none",
  defaults = {},
  qkvBias,
  outputBias,
  slides,
  rotates = () => true,
  hasRotaryByKind = false,
  gguf,
  stored = llamaStored,
  experts = () => [],
}: Variant): DecoderArchitecture {
  return {
    kind: "decoder",
    defaultTargets: ["q_proj", "v_proj"],
    residualWriters: ["o_proj", "down_proj"],
    layout,
    stored,
    gguf,
    parse(given): GatedConfig {
      const raw = { ...defaults, ...given };
      demandOneOf(raw, "hidden_act", "silu", ["silu", "swish"]);
      const sizes = headSizes(raw);
      const windows = layerWindows(raw, (layer) => slides(raw, layer));
      const ofLayers = hasRotaryByKind
        ? rotaryByKind(raw, { windows, dims: sizes.dHead, slidingTheta: "rope_theta" })
        : {
            rotary: [{ theta: ropeTheta(raw, "rope_theta"), scaling: ropeScaling(raw, sizes.dHead), dims: sizes.dHead }],
            layerAttention: windows.map((window, layer) => ({ window, rotary: rotates(raw, layer) ? 0 : undefined })),
          };
      const hasBias = raw["attention_bias"] === true;
      return {
        ...layout,
        ...PLAIN_BLOCKS,
        vocab: whole(raw, "vocab_size"),
        ...sizes,
        numLayers: layerCount(raw),
        dFeedForward: whole(raw, "intermediate_size"),
        contextLength: scaledContextLength(raw, ofLayers.rotary[0]?.scaling ?? { kind: "none" }),
        normEpsilon: positive(raw, "rms_norm_eps", 1e-6),
        tieWordEmbeddings: raw["tie_word_embeddings"] === true,
        queryKeyNorm,
        ...ofLayers,
        hasQkvBias: qkvBias === "always" || hasBias,
        hasOutputBias: outputBias === "configured" && hasBias,
        hasMlpBias: raw["mlp_bias"] === true,
        experts: experts(raw),
      };
    },
  };
}

/**
 * @param modelClass what `config.json` calls the model
 * @param rotaryRows whether llama.cpp's converter has interleaved the halves of each head in the rows of q and k
 */
export function ggufForm(name: string, modelClass: string, rotaryRows: "interleaved" | "apart" = "apart"): GgufForm {
  return {
    name,
    config(metadata) {
      const headSize = ggufHeadSize(metadata);
      if (metadata.number("rope.dimension_count", headSize) !== headSize) {
        throw metadata.refusal("rotates only a part of each head (rope.dimension_count), which is not supported");
      }
      return {
        architectures: [modelClass],
        hidden_act: "silu",
        ...ggufSizes(metadata),
        head_dim: headSize,
        rope_parameters: ggufRopeParameters(metadata),
        attention_bias: metadata.hasTensor("blk.0.attn_q.bias"),
      };
    },
    conversion(role, _, config) {
      if (rotaryRows === "apart") return SAME;
      if (role === "q") return { kind: "rotaryRows", heads: Number(config["num_attention_heads"]) };
      if (role === "k") return { kind: "rotaryRows", heads: Number(config["num_key_value_heads"]) };
      return SAME;
    },
  };
}
