import type { LabelledRow } from "@/server/engine/models/row-batches";

/** What a training run is told; the names are those of the stored run configuration. */
export type TrainingSettings = {
  readonly steps: number;
  /** Rows per optimizer step. */
  readonly batchRows: number;
  /** Whether the rows of a step are filled with several rows of the data each, up to `maxTokens`. Not when absent. */
  readonly packing?: boolean | undefined;
  readonly maxTokens?: number | undefined;
  /** Rows of one forward pass; the step's result does not depend on it. All at once when null. */
  readonly microBatchRows: number | null;
  /** Whether blocks are computed again in the backward pass instead of keeping what they saved; the numbers are the same. Not when absent. */
  readonly recomputeBlocks?: boolean | undefined;
  readonly learningRate: number;
  readonly schedule: "cosine" | "linear" | "constant";
  readonly warmupFraction: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled, as in AdamW. */
  readonly weightDecay: number;
  /** Largest global gradient norm; null does not clip. */
  readonly clipNorm: number | null;
  /** Rows in a new order each epoch; otherwise in their own order, again and again. */
  readonly shuffle: boolean;
  readonly seed: number;
};

/** One tokenised row, with its images where the model reads them; a label of −100 carries no loss, others are aligned with the ids. */
export type TrainingRow = LabelledRow;
