import type { Tensor } from "@/server/engine/tensor/tensor";

/** The last norm's weight and the head of a model, which turn a direction of the residual stream into logits; the model frees them. */
export type Unembedding = {
  /** (dModel), what the final norm multiplies by. */
  readonly gain: Tensor;
  /** Whether the norm takes off the mean first: a layer norm does, an RMS norm does not. */
  readonly isCentred: boolean;
  /** (vocab, dModel), float32 or bfloat16 */
  readonly head: Tensor;
};
