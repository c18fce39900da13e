import { type RawModelConfig, whole } from "@/lib/contract/architectures/config-keys";
import type { VisionArchitecture } from "./vision-architecture";
import type { VisionConfig, VisionNames } from "./vision-config";
import { flag, olderAttention, visionSizes, withStandard } from "./vision-keys";

const names: VisionNames = {
  prefix: "vit",
  classToken: "embeddings.cls_token",
  registers: undefined,
  positions: "embeddings.position_embeddings",
  hasBatchAxis: true,
  patches: "embeddings.patch_embeddings.projection",
  firstNorm: undefined,
  finalNorm: "layernorm",
  layers: "layers",
  inner: {
    attentionNorm: "layernorm_before",
    query: "attention.q_proj",
    key: "attention.k_proj",
    value: "attention.v_proj",
    attentionOutput: "attention.o_proj",
    mlpNorm: "layernorm_after",
    gate: undefined,
    up: "mlp.fc1",
    down: "mlp.fc2",
    scales: undefined,
  },
  scores: "classifier",
};

const standard: RawModelConfig = {
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  layer_norm_eps: 1e-12,
  image_size: 224,
  patch_size: 16,
  num_channels: 3,
  qkv_bias: true,
};

/** Vision Transformer (Dosovitskiy et al. 2021): the class token's state after the last norm is what the head reads. */
export const vit: VisionArchitecture = {
  kind: "imageEncoder",
  names,
  defaultTargets: ["q_proj", "v_proj"],
  residualWriters: [],
  stored: {
    ignored: [/^(?:vit\.)?(?:embeddings\.mask_token$|pooler\.)/, /^decoder\./],
    respelled: [
      [/(^|\.)encoder\.layer\.(?=\d)/, "$1layers."],
      ...olderAttention,
      [/\.intermediate\.dense(?=\.|$)/, ".mlp.fc1"],
      [/\.output\.dense(?=\.|$)/, ".mlp.fc2"],
    ],
  },
  parse(file): VisionConfig {
    const raw = withStandard(file, standard);
    return {
      ...visionSizes(raw),
      family: "vision",
      names,
      dFeedForward: whole(raw, "intermediate_size"),
      hasPatchBias: true,
      hasInputBias: flag(raw, "qkv_bias"),
      numRegisters: 0,
      interpolatesUnasked: false,
      interpolation: "bicubic",
      pooled: ["class"],
    };
  },
};
