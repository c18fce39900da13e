import type { Projection } from "@/server/engine/models/projection";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { EncoderBlock } from "./encoder-block";
import type { EncoderBatch, HeadTensor } from "./encoder-model";
import type { RelativePass } from "./relative-positions";

/** What an architecture gives to the shared encoder. */
export type EncoderArchitecture<Saved> = {
  readonly blocks: readonly EncoderBlock<Saved>[];
  readonly pooler: Projection | undefined;
  readonly checkpointHead: ReadonlyMap<string, HeadTensor> | undefined;
  /** (rows · tokens, dModel), normalised */
  embed(batch: EncoderBatch): Tensor;
  /** (1, rows, tokens, tokens) to be added to attention scores; undefined where attention goes by bounds. */
  attentionBias(batch: EncoderBatch): Tensor | undefined;
  relative(tokens: number, hooks: ProjectionHooks | undefined): RelativePass | undefined;
};
