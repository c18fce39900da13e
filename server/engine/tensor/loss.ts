import { usesOwnKernels, usesTensorflow } from "./backend";
import { executeMany, NO_ATTRIBUTES } from "./execute";
import { intsOf } from "./plain-arrays";
import { plainCrossEntropy } from "./plain-softmax";
import type { Tensor } from "./tensor";
import { FLOAT, INT32, typeOf } from "./tensorflow-binding";

const CROSS_ENTROPY = [typeOf("T", FLOAT), typeOf("Tlabels", INT32)];

/**
 * −log softmax(logits)[label] of each row, and its gradient.
 *
 * @param logits (n, vocab)
 * @param labels int32 (n), each in 0…vocab−1; rows that do not count are to be weighted 0 by the caller
 * @returns losses (n), dLogits (n, vocab), the gradient of each row's own loss
 */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor): { losses: Tensor; dLogits: Tensor } {
  if (logits.shape.length !== 2 || labels.shape.length !== 1 || labels.shape[0] !== logits.shape[0]) {
    throw new RangeError(`softmaxCrossEntropy: labels [${labels.shape}] do not fit logits [${logits.shape}]`);
  }
  if (!usesTensorflow()) return plainCrossEntropy(logits, intsOf(labels));
  const [op, attributes] = usesOwnKernels()
    ? (["StanscopeCrossEntropy", NO_ATTRIBUTES] as const)
    : (["SparseSoftmaxCrossEntropyWithLogits", CROSS_ENTROPY] as const);
  const [losses, dLogits] = executeMany(op, attributes, [logits, labels], 2) as [Tensor, Tensor];
  return { losses, dLogits };
}
