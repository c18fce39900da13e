import { type RawModelConfig, whole } from "@/lib/contract/architectures/config-keys";
import type { VisionArchitecture } from "./vision-architecture";
import type { VisionConfig, VisionNames } from "./vision-config";
import { visionSizes, withStandard } from "./vision-keys";

type Variant = Pick<VisionNames, "classToken" | "firstNorm" | "finalNorm"> & {
  readonly standard: RawModelConfig;
  /** What of the tower only the features for texts read. */
  readonly unread: RegExp;
};

/** The text encoder and what compares images with texts. */
const besideTower = /^(?:text_model|text_projection|visual_projection)\.|^logit_(?:scale|bias)$|\.position_ids$/;

const shared: RawModelConfig = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  num_channels: 3,
  image_size: 224,
};

/**
 * The vision tower of CLIP (Radford et al. 2021), alone or beside its text encoder. The head reads the mean of the patches before the last norm, which
 * only the features for texts have.
 */
export const clip = variant({
  classToken: "embeddings.class_embedding",
  firstNorm: "pre_layrnorm",
  finalNorm: undefined,
  standard: { ...shared, patch_size: 32, hidden_act: "quick_gelu", layer_norm_eps: 1e-5 },
  unread: /^vision_model\.post_layernorm\./,
});

/** The vision tower of SigLIP (Zhai et al. 2023): no class token; the head reads the mean of the patches, not what attention pools for texts. */
export const siglip = variant({
  classToken: undefined,
  firstNorm: undefined,
  finalNorm: "post_layernorm",
  standard: { ...shared, patch_size: 16, hidden_act: "gelu_pytorch_tanh", layer_norm_eps: 1e-6 },
  unread: /^vision_model\.head\./,
});

function variant({ classToken, firstNorm, finalNorm, standard, unread }: Variant): VisionArchitecture {
  const names: VisionNames = {
    prefix: "vision_model",
    classToken,
    registers: undefined,
    positions: "embeddings.position_embedding.weight",
    hasBatchAxis: false,
    patches: "embeddings.patch_embedding",
    firstNorm,
    finalNorm,
    layers: "encoder.layers",
    inner: {
      attentionNorm: "layer_norm1",
      query: "self_attn.q_proj",
      key: "self_attn.k_proj",
      value: "self_attn.v_proj",
      attentionOutput: "self_attn.out_proj",
      mlpNorm: "layer_norm2",
      gate: undefined,
      up: "mlp.fc1",
      down: "mlp.fc2",
      scales: undefined,
    },
    scores: "classifier",
  };
  return {
    kind: "imageEncoder",
    names,
    defaultTargets: ["q_proj", "v_proj"],
    residualWriters: [],
    stored: { ignored: [besideTower, unread], respelled: [] },
    parse(file): VisionConfig {
      const tower = withStandard(towerOf(file), standard);
      return {
        ...visionSizes(tower, file),
        family: "vision",
        names,
        dFeedForward: whole(tower, "intermediate_size"),
        hasPatchBias: classToken === undefined,
        hasInputBias: true,
        numRegisters: 0,
        interpolatesUnasked: false,
        interpolation: "bicubic",
        pooled: ["patches"],
      };
    },
  };
}

/** The keys of the tower: those of a whole model's configuration are in `vision_config`. */
function towerOf(file: RawModelConfig): RawModelConfig {
  const tower = file["vision_config"];
  return typeof tower === "object" && tower !== null ? (tower as RawModelConfig) : file;
}
