import type { Projection } from "@/server/engine/models/projection";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { ClassificationHead } from "./classification-head";
import type { EncoderBatch } from "./encoder-batch";
import type { EncoderBlock } from "./encoder-block";
import type { EncoderInputs } from "./encoder-inputs";
import type { HeadTensor } from "./encoder-model";
import type { RelativePass } from "./relative-positions";

/** What an architecture gives to the shared encoder. */
export type EncoderArchitecture<Saved, Own extends EncoderBatch> = {
  readonly blocks: readonly EncoderBlock<Saved>[];
  readonly pooler: Projection | undefined;
  readonly checkpointHead: ReadonlyMap<string, HeadTensor> | undefined;
  /**
   * The head of its model for classification.
   *
   * @param pooler frozen, which the head reads; without one it trains its own, where it has such a layer
   * @throws RangeError unless numLabels is a whole number above 0
   */
  head(numLabels: number, pooler: Projection | undefined): ClassificationHead;
  readonly inputs: EncoderInputs;
  /** The batch as this architecture reads it. @throws RangeError when it is of another kind of input or does not fit the model */
  reads(batch: EncoderBatch): Own;
  /** (rows · tokens, dModel) what enters the first block */
  embed(batch: Own): Tensor;
  /** The norm after the last block, where there is one; no adapter is in it. */
  readonly finalNorm?: ((x: Tensor) => NormedStates) | undefined;
  /** (1, rows, tokens, tokens) to be added to attention scores; undefined where attention goes by bounds. */
  attentionBias(batch: Own): Tensor | undefined;
  relative(tokens: number, hooks: ProjectionHooks | undefined): RelativePass | undefined;
};

/** Normalised states (rows · tokens, dModel), and the gradient by what was normalised. */
export type NormedStates = { readonly y: Tensor; backward(dy: Tensor): Tensor };
