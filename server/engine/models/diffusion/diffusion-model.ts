import type { DiffusionModelConfig } from "@/lib/contract/architectures/diffusion/diffusion-architectures";
import type { DifferentiateOptions } from "@/server/engine/models/block-passes";
import type { EncoderPasses } from "@/server/engine/models/encoders/encoder-passes";
import type { Projection } from "@/server/engine/models/projection";
import type { Gradients, ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { FrozenForm } from "@/server/engine/models/weights";
import type { InParts } from "@/server/engine/tensor/in-parts";
import type { NoisyBatch } from "./noisy-batch";

/** Noisy images, and what is to be predicted from them: noise, velocity or flow. */
export type TargetedBatch = NoisyBatch & {
  /** (rows, channels, height, width) */
  readonly targets: Float32Array;
};

export type DenoisingLoss = {
  /** Σ over rows of the mean squared error of a row's entries. */
  readonly lossSum: number;
  /** (rows) */
  readonly rowLosses: Float32Array;
  /** Of lossSum · weight, by parameter key; the caller frees them. */
  readonly gradients: Gradients;
};

/**
 * A frozen diffusion transformer. One copy of its weights serves every adapter: hooks are given with each pass. What it is told of each row, time step and
 * class, reaches its norms through layers that carry no adapter.
 */
export type DiffusionModel = {
  readonly config: DiffusionModelConfig;
  readonly frozenForm: FrozenForm;
  /** In the order of computation. */
  readonly projections: readonly Projection[];
  /** Bytes of the frozen weights. */
  readonly bytes: number;
  /** Passes that stop after each block: whoever runs them lets others work in between. */
  readonly inParts: {
    /** States (rows · tokens, dModel); none of the last norm. @throws RangeError when the batch does not fit the model */
    readonly forward: EncoderPasses<NoisyBatch>["forward"];
    /** @returns (rows, channels, height, width) */
    predict(batch: NoisyBatch, hooks?: ProjectionHooks): InParts<Float32Array>;
    /** @param weight what each row's loss is multiplied by in the gradients: 1 / rows of the whole optimizer step */
    lossAndGradients(batch: TargetedBatch, hooks: ProjectionHooks, weight: number, options?: DifferentiateOptions): InParts<DenoisingLoss>;
  };
  free(): void;
};
