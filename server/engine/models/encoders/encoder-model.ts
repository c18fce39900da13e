import type { EncoderConfig, VisionEncoderConfig } from "@/lib/contract/architectures/parse-model-config";
import type { DifferentiateOptions } from "@/server/engine/models/block-passes";
import type { ForwardResult, PassStart } from "@/server/engine/models/causal-model";
import type { Projection } from "@/server/engine/models/projection";
import type { Gradients, ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { FrozenForm } from "@/server/engine/models/weights";
import type { InParts } from "@/server/engine/tensor/in-parts";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { ClassificationHead } from "./classification-head";
import type { EncoderBatch } from "./encoder-batch";
import type { EncoderInputs } from "./encoder-inputs";

/** The configuration of an encoder of texts or of images. */
export type AnyEncoderConfig = EncoderConfig | VisionEncoderConfig;

export type EncoderForwardOptions = {
  readonly hooks?: ProjectionHooks | undefined;
  /** Also give the embedding and every block's output, before the final norm where there is one. */
  readonly hiddenStates?: "all" | "none" | undefined;
  /** Stop after the block of this layer: the final norm, where there is one, is left out. */
  readonly lastLayer?: number | undefined;
  /** Begin with what enters a block, as an earlier pass over the same batch left it; `numLayers` as its layer begins above the last block. */
  readonly from?: PassStart | undefined;
};

/** What is above the encoder in training: the gradient of the final states (rows · tokens, dModel), if requested. */
export type Top<Result> = (final: Tensor, needsGradient: boolean, gradients: Gradients) => { result: Result; dFinal: Tensor | undefined };

/** A full tensor of a checkpoint. */
export type HeadTensor = { readonly shape: readonly number[]; readonly data: Float32Array };

/**
 * A frozen encoder: every token sees all others of its row. One copy of its weights serves every adapter: hooks are given with each
 * pass. Tensors that come out belong to the caller.
 */
export type EncoderModel<Config = AnyEncoderConfig> = {
  readonly config: Config;
  readonly frozenForm: FrozenForm;
  /** In the order of computation; the pooler's comes last, with `numLayers` as its layer. */
  readonly projections: readonly Projection[];
  /** The frozen dense layer between the first token's state and a classifier, where the checkpoint has one and the head uses it. */
  readonly pooler: Projection | undefined;
  /** The head of the checkpoint's own task by the checkpoint's names, undefined where it has none. */
  readonly checkpointHead: ReadonlyMap<string, HeadTensor> | undefined;
  readonly inputs: EncoderInputs;
  /** What turns final states into scores, over a frozen pooler or with one of its own. @throws RangeError unless numLabels is a whole number above 0 */
  head(numLabels: number, pooler: Projection | undefined): ClassificationHead;
  /** Bytes of the frozen weights. */
  readonly bytes: number;
  /** @throws RangeError when the batch does not fit the model */
  forward(batch: EncoderBatch, options?: EncoderForwardOptions): ForwardResult;
  /** Passes that stop after each block: whoever runs them lets others work in between. */
  readonly inParts: {
    forward(batch: EncoderBatch, options?: EncoderForwardOptions): InParts<ForwardResult>;
    /**
     * A forward pass, `top`, and the backward pass to the adapters of `hooks`; nothing below the lowest of them is saved or differentiated.
     *
     * @returns what `top` gives, and the gradients, which the caller frees
     * @throws RangeError when the batch does not fit the model
     */
    differentiate<Result>(
      batch: EncoderBatch,
      hooks: ProjectionHooks | undefined,
      top: Top<Result>,
      options?: DifferentiateOptions,
    ): InParts<{ readonly result: Result; readonly gradients: Gradients }>;
  };
  free(): void;
};

/** An encoder of texts. */
export type TextEncoder = EncoderModel<EncoderConfig>;
