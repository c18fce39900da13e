import { decoderOf } from "@/lib/contract/architectures/architectures";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { type ModelConfig, parseModelConfig } from "@/lib/contract/architectures/parse-model-config";
import { weightNames } from "@/lib/contract/architectures/stored-names";
import { isVisionLanguageConfig, parseLlava, type VisionLanguageConfig } from "@/lib/contract/architectures/vision-language/llava";
import type { InParts } from "@/server/engine/tensor/in-parts";
import type { CausalModel } from "./causal-model";
import { createCausalModel, type ModelDtypes } from "./create-causal-model";
import { fusedDecoder } from "./decoders/fused-decoder";
import { gatedDecoder } from "./decoders/gated-decoder";
import { joinedDecoder } from "./decoders/joined-decoder";
import { FrozenWeights } from "./frozen-weights";
import type { ImageReader } from "./vision-language/image-reader";
import { towerReader } from "./vision-language/tower-reader";
import { divideWeights } from "./vision-language/vision-language-weights";
import type { WeightSource } from "./weights";

/**
 * Reads a decoder-only model into the engine, or one that reads images too. Left early, it frees what it has read.
 *
 * @param raw the checkpoint's config.json
 * @param dtypes float32 throughout unless told
 * @throws Error naming the key or the tensors, when the architecture is not supported or the weights do not fit
 */
export function* causalModelInParts(raw: RawModelConfig, source: WeightSource, dtypes: Partial<ModelDtypes> = {}): InParts<CausalModel> {
  const { frozen = "float32", decode = frozen === "bfloat16" ? frozen : "float32" } = dtypes;
  const weights = new FrozenWeights(frozen);
  const computing = { frozen, decode };
  let isLoaded = false;
  try {
    const model = isVisionLanguageConfig(raw)
      ? yield* visionLanguageInParts(parseLlava(raw), source, weights, computing)
      : yield* plainModel(parseModelConfig(raw), source, weights, computing);
    isLoaded = true;
    return model;
  } finally {
    if (!isLoaded) weights.free();
  }
}

function plainModel(config: ModelConfig, source: WeightSource, weights: FrozenWeights, dtypes: ModelDtypes): InParts<CausalModel> {
  return modelInParts(config, underWholeNames(source, config), weights, dtypes);
}

/** A language model with what reads images for it. */
function* visionLanguageInParts(
  config: VisionLanguageConfig,
  source: WeightSource,
  weights: FrozenWeights,
  dtypes: ModelDtypes,
): InParts<CausalModel> {
  const divided = divideWeights(source, config);
  const images = towerReader(config.images, config.text.vocab, divided.images, weights);
  yield;
  return yield* modelInParts(config.text, divided.text, weights, dtypes, images);
}

function* modelInParts(
  config: ModelConfig,
  source: WeightSource,
  weights: FrozenWeights,
  dtypes: ModelDtypes,
  images?: ImageReader,
): InParts<CausalModel> {
  switch (config.blocks) {
    case "gated":
      return createCausalModel(config, yield* gatedDecoder(config, source, weights), weights, dtypes, images);
    case "joined":
      return createCausalModel(config, yield* joinedDecoder(config, source, weights), weights, dtypes, images);
    case "fused":
      return createCausalModel(config, yield* fusedDecoder(config, source, weights), weights, dtypes, images);
  }
}

/** The weights under the architecture's own names, without stored masks and tables. */
function underWholeNames(source: WeightSource, { architecture }: ModelConfig): WeightSource {
  const stored = weightNames(source.names(), decoderOf(architecture));
  const storedName = (name: string) => stored.get(name) ?? name;
  return {
    names: () => [...stored.keys()],
    shape: (name) => source.shape(storedName(name)),
    read: (name) => source.read(storedName(name)),
    blocks: (name) => source.blocks?.(storedName(name)),
  };
}
