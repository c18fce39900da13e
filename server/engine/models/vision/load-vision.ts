import { imageEncoderOf } from "@/lib/contract/architectures/architectures";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { parseVisionConfig, type VisionEncoderConfig } from "@/lib/contract/architectures/parse-model-config";
import { readCheckpointHead } from "@/server/engine/models/encoders/checkpoint-head";
import { createEncoderModel } from "@/server/engine/models/encoders/create-encoder-model";
import type { EncoderArchitecture } from "@/server/engine/models/encoders/encoder-architecture";
import type { ImageBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { EncoderModel } from "@/server/engine/models/encoders/encoder-model";
import { encoderReader } from "@/server/engine/models/encoders/encoder-weights";
import { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { demandWeights, type FrozenForm, type WeightSource } from "@/server/engine/models/weights";
import { layerNorm, layerNormGrad } from "@/server/engine/tensor/normalise";
import { demandImages, imageInputs } from "./image-batch";
import type { VisionBlockSaved } from "./vision-block";
import { visionHead } from "./vision-head";
import { visionStack } from "./vision-stack";
import { underLiveNames, visionHeadShapes, visionShapes } from "./vision-weights";

/** An encoder of images. */
export type VisionEncoder = EncoderModel<VisionEncoderConfig>;

/**
 * Reads an encoder of images into the engine: a model for image classification, or the bare encoder.
 *
 * @param raw the checkpoint's config.json
 * @throws Error naming the key or the tensors, when the architecture is not supported or the weights do not fit
 */
export function loadVisionEncoder(raw: RawModelConfig, source: WeightSource, frozen: FrozenForm = "float32"): VisionEncoder {
  const config = parseVisionConfig(raw);
  const weights = new FrozenWeights(frozen);
  try {
    return createEncoderModel(config, visionArchitecture(config, source, weights), weights);
  } catch (fault) {
    weights.free();
    throw fault;
  }
}

function visionArchitecture(
  config: VisionEncoderConfig,
  checkpoint: WeightSource,
  weights: FrozenWeights,
): EncoderArchitecture<VisionBlockSaved, ImageBatch> {
  const described = imageEncoderOf(config.architecture);
  const { names, normEpsilon } = config;
  const source = underLiveNames(checkpoint, described);
  const head = visionHeadShapes(config, source);
  demandWeights(source, new Map([...visionShapes(config), ...(head ?? [])]), (name) =>
    described.stored.ignored.some((pattern) => pattern.test(name)),
  );
  const reader = encoderReader(source, weights);
  const finalNorm = names.finalNorm === undefined ? undefined : reader.norm(`${names.prefix}.${names.finalNorm}`);
  return {
    ...visionStack(config, source, weights),
    pooler: undefined,
    checkpointHead: readCheckpointHead(source, head),
    head: (numLabels) => visionHead(config, numLabels),
    inputs: imageInputs(config),
    reads: (batch) => demandImages(batch, config),
    finalNorm:
      finalNorm &&
      ((x) => {
        const { y, ...saved } = layerNorm(x, finalNorm.weight, finalNorm.bias, normEpsilon);
        return { y, backward: (dy) => layerNormGrad(x, saved, finalNorm.weight, dy) };
      }),
  };
}
