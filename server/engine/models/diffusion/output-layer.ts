import type { DiffusionConfig } from "@/lib/contract/architectures/diffusion/diffusion-config";
import type { Conditioning } from "@/server/engine/models/encoders/encoder-block";
import type { EncoderReader, Norm } from "@/server/engine/models/encoders/encoder-weights";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { WeightSource } from "@/server/engine/models/weights";
import { addBias } from "@/server/engine/tensor/arithmetic";
import { fromOwnValues } from "@/server/engine/tensor/create";
import { layerNorm, layerNormGrad } from "@/server/engine/tensor/normalise";
import { linear, linearInputGrad } from "@/server/engine/tensor/products";
import { keep, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Embedder, frozenLayer, modulate, perRow, scaleOf, timesRows } from "./modulation";

/** From the last block's states to patches of the prediction. */
export type OutputLayer = {
  /** @returns (rows · tokens, patch height · patch width · channels), and the gradient by the states */
  forward(states: Tensor, told: Conditioning): { patches: Tensor; backward(dPatches: Tensor): Tensor };
};

/** @param embedder of the first block, which the last norm shares */
export function outputLayer(
  config: DiffusionConfig,
  source: WeightSource,
  reader: EncoderReader,
  weights: FrozenWeights,
  { plain, embedder }: { readonly plain: Norm; readonly embedder: Embedder },
): OutputLayer {
  const { output } = config.names;
  const modulating = frozenLayer(reader, output.modulation, config.numLayers);
  const weight = weights.dense(predicted(source.read(`${output.patches}.weight`), config), [patchLength(config), config.dModel]);
  const bias = weights.hold(keep(fromOwnValues(predicted(source.read(`${output.patches}.bias`), config), [patchLength(config)])));
  return {
    forward(states, told) {
      const [shift, scale] = perRow(modulating(embedder(told)), 2) as [Tensor, Tensor];
      const factors = { shift, scale: scaleOf(scale) };
      const { y, ...saved } = layerNorm(states, plain.weight, plain.bias, config.normEpsilon.modulated);
      return {
        patches: addBias(linear(modulate(y, factors), weight), bias),
        backward: (dPatches) =>
          tidy(() => layerNormGrad(states, saved, plain.weight, timesRows(linearInputGrad(dPatches, weight), factors.scale))),
      };
    },
  };
}

/** Numbers of a patch of the prediction: its rows, columns, then channels. */
function patchLength({ channels, patchSize }: DiffusionConfig): number {
  return patchSize.height * patchSize.width * channels;
}

/** Of the last layer's rows, (patch height, patch width, stored channels), those of the prediction: the variance is read by no sampler here. */
function predicted(values: Float32Array, { patchSize, channels, storedChannels }: DiffusionConfig): Float32Array {
  const pixels = patchSize.height * patchSize.width;
  if (channels === storedChannels) return values;
  const width = values.length / (pixels * storedChannels);
  const kept = new Float32Array(pixels * channels * width);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * storedChannels * width;
    kept.set(values.subarray(from, from + channels * width), pixel * channels * width);
  }
  return kept;
}
