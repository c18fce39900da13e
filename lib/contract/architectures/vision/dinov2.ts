import { positive, type RawModelConfig, wholeFromZero } from "@/lib/contract/architectures/config-keys";
import type { VisionArchitecture } from "./vision-architecture";
import type { VisionConfig, VisionNames } from "./vision-config";
import { flag, olderAttention, visionSizes, withStandard } from "./vision-keys";

const inner = {
  attentionNorm: "norm1",
  query: "attention.q_proj",
  key: "attention.k_proj",
  value: "attention.v_proj",
  attentionOutput: "attention.o_proj",
  mlpNorm: "norm2",
  scales: { attention: "layer_scale1.lambda1", mlp: "layer_scale2.lambda1" },
};
const plainMlp = { gate: undefined, up: "mlp.fc1", down: "mlp.fc2" };
const gatedMlp = { gate: "mlp.gate_proj", up: "mlp.up_proj", down: "mlp.down_proj" };

const standard: RawModelConfig = {
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  mlp_ratio: 4,
  layer_norm_eps: 1e-6,
  image_size: 224,
  patch_size: 14,
  num_channels: 3,
  qkv_bias: true,
  use_swiglu_ffn: false,
  num_register_tokens: 4,
};

/** DINOv2 (Oquab et al. 2023): layer scale, and a head that reads the class token beside the mean of the patches. */
export const dinov2 = variant({
  prefix: "dinov2",
  maskToken: /^(?:dinov2\.)?embeddings\.mask_token$/,
  registers: undefined,
  interpolation: "bicubic",
  patchSize: 14,
});

/** The same with registers (Darcet et al. 2023), tokens that stand for no patch. */
export const dinov2WithRegisters = variant({
  prefix: "dinov2_with_registers",
  maskToken: /^(?:dinov2_with_registers\.)?embeddings\.mask_token$/,
  registers: "embeddings.register_tokens",
  interpolation: "bicubicAntialiased",
  patchSize: 16,
});

type Variant = Pick<VisionNames, "prefix" | "registers"> &
  Pick<VisionConfig, "interpolation"> & { readonly maskToken: RegExp; readonly patchSize: number };

function variant({ prefix, maskToken, registers, interpolation, patchSize }: Variant): VisionArchitecture {
  const names: VisionNames = {
    prefix,
    classToken: "embeddings.cls_token",
    registers,
    positions: "embeddings.position_embeddings",
    hasBatchAxis: true,
    patches: "embeddings.patch_embeddings.projection",
    firstNorm: undefined,
    finalNorm: "layernorm",
    layers: "encoder.layer",
    inner: { ...inner, ...plainMlp },
    scores: "classifier",
  };
  return {
    kind: "imageEncoder",
    names,
    defaultTargets: ["q_proj", "v_proj"],
    residualWriters: [],
    stored: {
      ignored: [maskToken],
      respelled: [...olderAttention, [/\.mlp\.weights_out(?=\.|$)/, ".mlp.down_proj"]],
      joined: { stored: "mlp.weights_in", parts: [gatedMlp.gate, gatedMlp.up] },
    },
    parse(file): VisionConfig {
      const raw = withStandard(file, { ...standard, patch_size: patchSize });
      const sizes = visionSizes(raw);
      const isGated = flag(raw, "use_swiglu_ffn");
      const dInner = Math.floor(sizes.dModel * positive(raw, "mlp_ratio"));
      return {
        ...sizes,
        family: "vision",
        names: isGated ? { ...names, inner: { ...inner, ...gatedMlp } } : names,
        // A gated part has two thirds of the width, rounded up to a multiple of 8.
        dFeedForward: isGated ? 8 * Math.ceil(Math.floor((dInner * 2) / 3) / 8) : dInner,
        hasPatchBias: true,
        hasInputBias: flag(raw, "qkv_bias"),
        numRegisters: registers === undefined ? 0 : wholeFromZero(raw, "num_register_tokens", 4),
        interpolatesUnasked: true,
        interpolation,
        pooled: ["class", "patches"],
      };
    },
  };
}
