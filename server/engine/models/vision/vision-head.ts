import { tokensBeforePatches, type VisionConfig } from "@/lib/contract/architectures/vision/vision-config";
import {
  applyLinear,
  type ClassificationHead,
  demandLabels,
  type LinearModule,
  linearBackward,
  shapesOf,
  tensorOf,
} from "@/server/engine/models/encoders/classification-head";
import { fromOwnValues } from "@/server/engine/tensor/create";
import { reshape } from "@/server/engine/tensor/layout";
import { batchMatmul, linearInputGrad } from "@/server/engine/tensor/products";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** The linear layer that gives the scores, as transformers has it. */
export function scoresModule({ names, dModel, pooled }: VisionConfig, numLabels: number): LinearModule {
  return { module: names.scores, dIn: pooled.length * dModel, dOut: numLabels };
}

/**
 * The head of `…ForImageClassification`: one linear layer over the class token's state, the mean of the patches', or both side by side.
 *
 * @throws RangeError unless numLabels is a whole number above 0
 */
export function visionHead(config: VisionConfig, numLabels: number): ClassificationHead<SavedPooled> {
  demandLabels(numLabels);
  const scores = scoresModule(config, numLabels);
  const { dModel, pooled } = config;
  return {
    numLabels,
    shapes: shapesOf([scores]),
    forward(final, { rows, tokens }, _, head) {
      const weights = poolingWeights(config, rows, tokens);
      const read = reshape(batchMatmul(weights, reshape(final, [rows, tokens, dModel])), [rows, pooled.length * dModel]);
      return { scores: applyLinear(scores, read, head), saved: { weights, read } };
    },
    backward(dScores, { weights, read }, needsFinal, head, gradients) {
      linearBackward(scores, read, dScores, gradients);
      if (!needsFinal) return undefined;
      const [rows = 0, parts = 0, tokens = 0] = weights.shape;
      const dRead = reshape(linearInputGrad(dScores, tensorOf(head, `${scores.module}.weight`)), [rows, parts, dModel]);
      return reshape(batchMatmul(weights, dRead, { transposeA: true }), [rows * tokens, dModel]);
    },
  };
}

/** How much of each token is in what the head reads, (rows, parts, tokens), and that, (rows, parts · dModel). */
export type SavedPooled = { readonly weights: Tensor; readonly read: Tensor };

function poolingWeights(config: VisionConfig, rows: number, tokens: number): Tensor {
  const { pooled } = config;
  const before = tokensBeforePatches(config);
  const values = new Float32Array(rows * pooled.length * tokens);
  for (let at = 0; at < rows * pooled.length; at++) {
    const own = values.subarray(at * tokens, (at + 1) * tokens);
    if (pooled[at % pooled.length] === "class") own[0] = 1;
    else own.fill(1 / (tokens - before), before);
  }
  return fromOwnValues(values, [rows, pooled.length, tokens]);
}
