import type { DiffusionModelConfig } from "@/lib/contract/architectures/diffusion/diffusion-architectures";
import type { DifferentiateOptions } from "@/server/engine/models/block-passes";
import type { BlockStack } from "@/server/engine/models/encoders/block-stack";
import type { Conditioning } from "@/server/engine/models/encoders/encoder-block";
import { encoderPasses } from "@/server/engine/models/encoders/encoder-passes";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { fromOwnValues, fromValues, readFloats } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { tidy, tidyInParts } from "@/server/engine/tensor/scope";
import type { DenoisingLoss, DiffusionModel, TargetedBatch } from "./diffusion-model";
import type { DitBlockSaved } from "./dit-block";
import { demandNoisy, type NoisyBatch } from "./noisy-batch";
import type { OutputLayer } from "./output-layer";
import { fromPatches, toPatches } from "./patches";
import { TIME_FEATURES, timeFeatures } from "./sinusoids";

/** What an architecture gives to the shared model. */
export type DiffusionParts = Pick<BlockStack<DitBlockSaved, NoisyBatch, NoisyBatch>, "blocks" | "embed"> & { readonly output: OutputLayer };

export function createDiffusionModel(
  config: DiffusionModelConfig,
  { blocks, embed, output }: DiffusionParts,
  weights: FrozenWeights,
): DiffusionModel {
  const { forward, differentiate } = encoderPasses<DitBlockSaved, NoisyBatch, NoisyBatch>(
    { blocks, embed, reads: (batch) => demandNoisy(batch, config), conditioning: toldOf },
    weights,
  );

  function predict(batch: NoisyBatch, hooks?: ProjectionHooks): InParts<Float32Array> {
    return tidyInParts(function* () {
      const { final } = yield* forward(batch, { hooks });
      const patches = tidy(() => readFloats(output.forward(final, toldOf(batch)).patches));
      return fromPatches(patches, batch.images, config);
    });
  }

  function* lossAndGradients(
    batch: TargetedBatch,
    hooks: ProjectionHooks,
    weight: number,
    options?: DifferentiateOptions,
  ): InParts<DenoisingLoss> {
    const { images, targets, rows } = batch;
    if (targets.length !== images.pixels.length) {
      throw new RangeError(`${targets.length} values are to be predicted from images of ${images.pixels.length}`);
    }
    const wanted = toPatches({ ...images, pixels: targets }, config);
    const { result, gradients } = yield* differentiate(
      batch,
      hooks,
      (final, needsGradient) => {
        const { patches, backward } = output.forward(final, toldOf(batch));
        const { losses, slopes } = squaredErrors(readFloats(patches), wanted, rows, weight);
        return { result: losses, dFinal: needsGradient ? backward(fromOwnValues(slopes, patches.shape)) : undefined };
      },
      options,
    );
    return { lossSum: result.reduce((sum, loss) => sum + loss, 0), rowLosses: result, gradients };
  }

  return {
    config,
    frozenForm: weights.form,
    projections: blocks.flatMap((block) => block.projections),
    get bytes() {
      return weights.bytes;
    },
    inParts: { forward, predict, lossAndGradients },
    free: () => weights.free(),
  };
}

function toldOf({ timesteps, classes, rows }: NoisyBatch): Conditioning {
  return {
    timesteps: fromOwnValues(timeFeatures(timesteps), [rows, TIME_FEATURES]),
    classes: fromValues(classes, [rows]),
  };
}

/** Each row's mean squared error, and the gradients of its product with `weight`. */
function squaredErrors(
  got: Float32Array,
  wanted: Float32Array,
  rows: number,
  weight: number,
): { losses: Float32Array; slopes: Float32Array } {
  const size = got.length / rows;
  const slopes = new Float32Array(got.length);
  const losses = Float32Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let at = row * size; at < (row + 1) * size; at++) {
      const apart = (got[at] as number) - (wanted[at] as number);
      sum += apart * apart;
      slopes[at] = (2 * weight * apart) / size;
    }
    return sum / size;
  });
  return { losses, slopes };
}
