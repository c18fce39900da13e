import type { Projection } from "@/server/engine/models/projection";
import type { BlockStack } from "./block-stack";
import type { ClassificationHead } from "./classification-head";
import type { EncoderBatch } from "./encoder-batch";
import type { EncoderInputs } from "./encoder-inputs";
import type { HeadTensor } from "./encoder-model";

/** What an architecture gives to the shared encoder. */
export type EncoderArchitecture<Saved, Own extends EncoderBatch> = BlockStack<Saved, Own, EncoderBatch> & {
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
};
