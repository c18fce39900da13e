import type { Layout } from "@/server/engine/models/batch";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Conditioning, EncoderBlock } from "./encoder-block";
import type { RelativePass } from "./relative-positions";

/** What passes ask of any batch. */
export type StackBatch = Layout & { readonly ids?: Int32Array | undefined; readonly timesteps?: Float32Array | undefined };

/** Blocks in which every position of a row sees all others, with what enters the first and what is told to all. */
export type BlockStack<Saved, Own extends StackBatch, Batch> = {
  readonly blocks: readonly EncoderBlock<Saved>[];
  /** The batch as this architecture reads it. @throws RangeError when it is of another kind of input or does not fit the model */
  reads(batch: Batch): Own;
  /** (rows · tokens, dModel) what enters the first block */
  embed(batch: Own): Tensor;
  /** The norm after the last block, where there is one; no adapter is in it. */
  readonly finalNorm?: ((x: Tensor) => NormedStates) | undefined;
  /** (1, rows, tokens, tokens) to be added to attention scores; undefined where attention goes by bounds. */
  attentionBias?(batch: Own): Tensor | undefined;
  relative?(tokens: number, hooks: ProjectionHooks | undefined): RelativePass | undefined;
  /** What blocks are told of each row beside its states. */
  conditioning?(batch: Own): Conditioning;
};

/** Normalised states (rows · tokens, dModel), and the gradient by what was normalised. */
export type NormedStates = { readonly y: Tensor; backward(dy: Tensor): Tensor };
