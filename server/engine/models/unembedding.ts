import { linear } from "@/server/engine/tensor/products";
import { softCap } from "@/server/engine/tensor/soft-cap";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** The last norm's weight and the head of a model, which turn a direction of the residual stream into logits; the model frees them. */
export type Unembedding = {
  /** (dModel), what the final norm multiplies by. */
  readonly gain: Tensor;
  /** Whether the norm takes off the mean first: a layer norm does, an RMS norm does not. */
  readonly isCentred: boolean;
  /** (vocab, dModel), float32 or bfloat16 */
  readonly head: Tensor;
  /** The head's products s become logits cap · tanh(s / cap); undefined where they are the logits. */
  readonly cap: number | undefined;
};

/** The head's products (n, vocab) with final states (n, dModel), before any cap: what a direction adds to the states it adds to them. */
export function uncappedLogits(final: Tensor, { head }: Unembedding): Tensor {
  return linear(final, head);
}

/** The logits of the head's products (n, vocab). */
export function capped(products: Tensor, { cap }: Unembedding): Tensor {
  return cap === undefined ? products : softCap(products, cap);
}
