import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import {
  type EncoderConfig,
  parseModelConfig,
  parseVisionConfig,
  type VisionEncoderConfig,
} from "@/lib/contract/architectures/parse-model-config";
import { Random } from "@/lib/numbers/random";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { fusedWeightShapes } from "@/server/engine/models/decoders/fused-weights";
import { gatedWeightShapes } from "@/server/engine/models/decoders/gated-weights";
import { joinedWeightShapes } from "@/server/engine/models/decoders/joined-weights";
import { type ClassificationModel, createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { addLinear, addNorm } from "@/server/engine/models/encoders/encoder-weights";
import { loadEncoder } from "@/server/engine/models/encoders/load-encoder";
import { loadVisionEncoder } from "@/server/engine/models/vision/load-vision";
import { visionShapes } from "@/server/engine/models/vision/vision-weights";
import type { FrozenDtype, WeightShapes, WeightSource } from "@/server/engine/models/weights";
import { loadCausalModel } from "@/tests/support/load-causal-model";

/** What a decoder's blocks are made of, in the middle of small and large: wide enough that its activations outweigh a tensor's own bytes. */
export const sizedDecoders = {
  /** Gated blocks. */
  llama: llamaLike("llama"),
  /** Gated blocks whose norms stand after attention and MLP, and norm queries and keys. */
  olmo2: llamaLike("olmo2"),
  /** Gated blocks with joined projections. */
  phi3: llamaLike("phi3"),
  /** Fused blocks, sequential, and parallel. */
  gpt2: { model_type: "gpt2", vocab_size: 211, n_embd: 48, n_layer: 12, n_head: 4, n_positions: 64, n_inner: 192 },
  gpt_neox: {
    model_type: "gpt_neox",
    vocab_size: 211,
    hidden_size: 48,
    num_hidden_layers: 12,
    num_attention_heads: 3,
    intermediate_size: 192,
    max_position_embeddings: 64,
  },
} satisfies Record<string, RawModelConfig>;

export type SizedVision = keyof typeof sizedVision;
export type SizedDecoder = keyof typeof sizedDecoders;

export const sizedEncoder: RawModelConfig = {
  model_type: "bert",
  vocab_size: 211,
  hidden_size: 48,
  num_hidden_layers: 12,
  num_attention_heads: 4,
  intermediate_size: 192,
  max_position_embeddings: 64,
  type_vocab_size: 2,
};

/** Images of 7 × 7 patches. */
export const sizedVision = {
  vit: visionLike("vit"),
  /** With layer scale. */
  dinov2: visionLike("dinov2"),
} satisfies Record<string, RawModelConfig>;

function visionLike(model_type: string): RawModelConfig {
  return {
    model_type,
    hidden_size: 48,
    num_hidden_layers: 12,
    num_attention_heads: 4,
    intermediate_size: 192,
    mlp_ratio: 4,
    image_size: 28,
    patch_size: 4,
    num_channels: 3,
  };
}

function llamaLike(model_type: string): RawModelConfig {
  return {
    model_type,
    vocab_size: 211,
    hidden_size: 48,
    num_hidden_layers: 12,
    num_attention_heads: 6,
    num_key_value_heads: 2,
    head_dim: 8,
    intermediate_size: 136,
    max_position_embeddings: 64,
    tie_word_embeddings: true,
  };
}

/** @param more keys of its `config.json` that are other than in `sizedDecoders` */
export function loadSized(name: SizedDecoder, more: RawModelConfig = {}, frozen: FrozenDtype = "float32"): CausalModel {
  const config = { ...sizedDecoders[name], ...more };
  return loadCausalModel(config, randomWeights(decoderShapes(config)), { frozen });
}

export function loadSizedEncoder(more: RawModelConfig = {}): ClassificationModel<EncoderConfig> {
  const config = { ...sizedEncoder, ...more };
  return createClassificationModel(loadEncoder(config, randomWeights(encoderShapes(config)), "float32"), 3);
}

export function loadSizedVision(name: SizedVision): ClassificationModel<VisionEncoderConfig> {
  const config = sizedVision[name];
  return createClassificationModel(loadVisionEncoder(config, randomWeights(visionShapes(parseVisionConfig(config)))), 3);
}

function decoderShapes(raw: RawModelConfig): WeightShapes {
  const config = parseModelConfig(raw);
  if (config.blocks === "gated") return gatedWeightShapes(config, []);
  return config.blocks === "joined" ? joinedWeightShapes(config) : fusedWeightShapes(config);
}

function encoderShapes(raw: RawModelConfig): WeightShapes {
  const size = (key: string) => Number(raw[key]);
  const [dModel, dFeedForward] = [size("hidden_size"), size("intermediate_size")];
  const shapes = new Map<string, readonly number[]>([
    ["bert.embeddings.word_embeddings.weight", [size("vocab_size"), dModel]],
    ["bert.embeddings.position_embeddings.weight", [size("max_position_embeddings"), dModel]],
    ["bert.embeddings.token_type_embeddings.weight", [size("type_vocab_size"), dModel]],
  ]);
  addNorm(shapes, "bert.embeddings.LayerNorm", dModel);
  for (let layer = 0; layer < size("num_hidden_layers"); layer++) {
    const block = `bert.encoder.layer.${layer}`;
    for (const input of ["query", "key", "value"]) addLinear(shapes, `${block}.attention.self.${input}`, dModel, dModel);
    addLinear(shapes, `${block}.attention.output.dense`, dModel, dModel);
    addNorm(shapes, `${block}.attention.output.LayerNorm`, dModel);
    addLinear(shapes, `${block}.intermediate.dense`, dModel, dFeedForward);
    addLinear(shapes, `${block}.output.dense`, dFeedForward, dModel);
    addNorm(shapes, `${block}.output.LayerNorm`, dModel);
  }
  addLinear(shapes, "bert.pooler.dense", dModel, dModel);
  return shapes;
}

function randomWeights(shapes: WeightShapes): WeightSource {
  const names = [...shapes.keys()];
  const shape = (name: string) => {
    const found = shapes.get(name);
    if (found === undefined) throw new RangeError(`no weight ${name}`);
    return found;
  };
  return {
    names: () => names,
    shape,
    read(name) {
      const random = new Random(names.indexOf(name));
      const isGain = shape(name).length === 1 && name.endsWith("weight");
      const length = shape(name).reduce((size, side) => size * side, 1);
      return Float32Array.from({ length }, () => (isGain ? 1 : 0) + 0.1 * random.nextNormal());
    },
  };
}
