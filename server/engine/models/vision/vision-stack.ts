import type { VisionConfig } from "@/lib/contract/architectures/vision/vision-config";
import type { ImageBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { EncoderBlock } from "@/server/engine/models/encoders/encoder-block";
import { encoderReader } from "@/server/engine/models/encoders/encoder-weights";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { WeightSource } from "@/server/engine/models/weights";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { patchEmbedding } from "./patch-embedding";
import { type VisionBlockSaved, visionBlock } from "./vision-block";

/** The blocks of a vision encoder, and what makes the states that enter the first of images. */
export type VisionStack = {
  readonly blocks: readonly EncoderBlock<VisionBlockSaved>[];
  /** (rows · tokens, dModel) */
  embed(batch: ImageBatch): Tensor;
};

/**
 * Reads them.
 *
 * @param source under the configuration's names
 * @param numBlocks how many are read, all unless told
 * @param firstLayer the number of the first as a layer of the model
 */
export function visionStack(
  config: VisionConfig,
  source: WeightSource,
  weights: FrozenWeights,
  { numBlocks = config.numLayers, firstLayer = 0 }: { readonly numBlocks?: number; readonly firstLayer?: number } = {},
): VisionStack {
  const { prefix, layers } = config.names;
  const reader = encoderReader(source, weights);
  return {
    blocks: Array.from({ length: numBlocks }, (_, block) =>
      visionBlock(config, `${prefix}.${layers}.${block}`, firstLayer + block, reader),
    ),
    embed: patchEmbedding(config, source, reader, weights),
  };
}
