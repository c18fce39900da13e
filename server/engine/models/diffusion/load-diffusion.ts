import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { diffusionOf, parseDiffusionConfig } from "@/lib/contract/architectures/diffusion/diffusion-architectures";
import type { DiffusionConfig } from "@/lib/contract/architectures/diffusion/diffusion-config";
import { patchGrid } from "@/lib/contract/architectures/vision/vision-config";
import { type EncoderReader, encoderReader } from "@/server/engine/models/encoders/encoder-weights";
import { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { patchLength, unfold } from "@/server/engine/models/vision/patch-embedding";
import { demandWeights, type FrozenForm, type WeightSource } from "@/server/engine/models/weights";
import { add, addBias } from "@/server/engine/tensor/arithmetic";
import { fill, fromOwnValues } from "@/server/engine/tensor/create";
import { reshape } from "@/server/engine/tensor/layout";
import { linear } from "@/server/engine/tensor/products";
import { keep, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { createDiffusionModel } from "./create-diffusion-model";
import type { DiffusionModel } from "./diffusion-model";
import { diffusionShapes } from "./diffusion-weights";
import { ditBlock } from "./dit-block";
import { readEmbedder } from "./modulation";
import type { NoisyBatch } from "./noisy-batch";
import { outputLayer } from "./output-layer";
import { gridPositions } from "./sinusoids";

/**
 * Reads a diffusion transformer into the engine.
 *
 * @param raw the checkpoint's config.json, as diffusers writes it
 * @throws Error naming the key or the tensors, when the architecture is not supported or the weights do not fit
 */
export function loadDiffusionModel(raw: RawModelConfig, source: WeightSource, frozen: FrozenForm = "float32"): DiffusionModel {
  const config = parseDiffusionConfig(raw);
  const { ignored } = diffusionOf(config.architecture);
  const weights = new FrozenWeights(frozen);
  try {
    demandWeights(source, diffusionShapes(config), (name) => ignored.test(name));
    const reader = encoderReader(source, weights);
    const prefixOf = (layer: number) => `${config.names.layers}.${layer}`;
    const embedders = Array.from({ length: config.numLayers }, (_, layer) => readEmbedder(config.names, prefixOf(layer), layer, reader));
    const plain = {
      weight: weights.hold(keep(fill([config.dModel], 1))),
      bias: weights.hold(keep(fill([config.dModel], 0))),
    };
    const blocks = embedders.map((embedder, layer) => ditBlock(config, prefixOf(layer), layer, reader, { plain, embedder }));
    const [embedder] = embedders;
    if (embedder === undefined) throw new Error("config.json: num_layers is 0");
    const output = outputLayer(config, source, reader, weights, { plain, embedder });
    return createDiffusionModel(config, { blocks, output, embed: patchEmbedding(config, source, reader, weights) }, weights);
  } catch (fault) {
    weights.free();
    throw fault;
  }
}

/** What makes states of noisy images: a projection of each patch, and its position. */
function patchEmbedding(
  config: DiffusionConfig,
  source: WeightSource,
  reader: EncoderReader,
  weights: FrozenWeights,
): (batch: NoisyBatch) => Tensor {
  const { dModel, names } = config;
  const kernel = weights.dense(source.read(`${names.patches}.weight`), [dModel, patchLength(config)]);
  const bias = reader.vector(`${names.patches}.bias`);
  const grid = patchGrid(config.imageSize, config);
  const tokens = grid.height * grid.width;
  const positions = weights.hold(keep(fromOwnValues(gridPositions(grid, dModel), [1, tokens, dModel])));
  return ({ images, rows }) =>
    tidy(() => {
      const projected = addBias(linear(fromOwnValues(unfold(images, config), [rows * tokens, patchLength(config)]), kernel), bias);
      return reshape(add(reshape(projected, [rows, tokens, dModel]), positions), [rows * tokens, dModel]);
    });
}
