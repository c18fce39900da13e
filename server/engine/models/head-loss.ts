import { scale } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { concat, gatherRows, scatterAddRows } from "@/server/engine/tensor/layout";
import { softmaxCrossEntropy } from "@/server/engine/tensor/loss";
import { linearInputGrad } from "@/server/engine/tensor/products";
import { free, tidy, tidyInParts } from "@/server/engine/tensor/scope";
import { softCapGrad } from "@/server/engine/tensor/soft-cap";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type LabelledBatch, NO_LABEL } from "./causal-model";
import { capped, type Unembedding, uncappedLogits } from "./unembedding";

/** Most tokens whose logits exist at one time, and most logits: 64 MiB of them, and as much of their gradient. */
const CHUNK_TOKENS = 256;
const CHUNK_LOGITS = 2 ** 24;

/** The predicting tokens: `from[i]` is the row of the final states that predicts `label[i]`. */
export type Predictions = { readonly from: Int32Array; readonly label: Int32Array };

/** @throws RangeError when a label is not a token id, or a row's first token has one with nothing before it */
export function predictionsOf({ rows, tokens, labels, attentionMask, starts }: LabelledBatch, vocab: number): Predictions {
  if (labels.length !== rows * tokens) {
    throw new RangeError(`labels has ${labels.length} entries where ${rows} rows of ${tokens} tokens have ${rows * tokens}`);
  }
  const from: number[] = [];
  const label: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let at = row * tokens + 1; at < (row + 1) * tokens; at++) {
      const wanted = labels[at] ?? NO_LABEL;
      if (wanted === NO_LABEL || attentionMask?.[at - 1] === 0 || starts?.[at] === at - row * tokens) continue;
      if (wanted < 0 || wanted >= vocab)
        throw new RangeError(`row ${row}, token ${at - row * tokens}: label ${wanted} is not in 0…${vocab - 1}`);
      from.push(at - 1);
      label.push(wanted);
    }
  }
  return { from: Int32Array.from(from), label: Int32Array.from(label) };
}

/**
 * Cross-entropy through the head, a chunk of tokens at a time, forward and backward together: neither the logits nor
 * their gradient exist for the whole batch, and tokens that predict nothing are not computed. A chunk is a part.
 *
 * @param final (n, dModel)
 * @param weight of each token's loss in the gradient
 * @returns losses by prediction, and the gradient of final (n, dModel)
 */
export function headLossAndGradient(
  final: Tensor,
  unembedding: Unembedding,
  { from, label }: Predictions,
  weight: number,
): InParts<{ losses: Float32Array; dFinal: Tensor }> {
  return tidyInParts(function* () {
    const losses = new Float32Array(from.length);
    const parts: Tensor[] = [];
    for (const [begin, end] of chunksOf(from.length, unembedding)) {
      const part = tidy(() => {
        const chunk = { from: from.subarray(begin, end), label: label.subarray(begin, end) };
        const { dLogits, logits } = chunkLoss(final, unembedding, chunk, losses.subarray(begin, end));
        const dProducts = unembedding.cap === undefined ? dLogits : softCapGrad(logits, unembedding.cap, dLogits);
        free(logits);
        return scale(linearInputGrad(dProducts, unembedding.head), weight);
      });
      parts.push(part);
      yield;
    }
    const rows = parts.length === 1 ? (parts[0] as Tensor) : concat(parts, 0);
    return { losses, dFinal: scatterAddRows(fromValues(from, [from.length]), rows, final.shape[0] ?? 0) };
  });
}

/** The losses alone, by prediction. */
export function* headLoss(final: Tensor, unembedding: Unembedding, { from, label }: Predictions): InParts<Float32Array> {
  const losses = new Float32Array(from.length);
  for (const [begin, end] of chunksOf(from.length, unembedding)) {
    tidy(() => {
      chunkLoss(final, unembedding, { from: from.subarray(begin, end), label: label.subarray(begin, end) }, losses.subarray(begin, end));
    });
    yield;
  }
  return losses;
}

function chunkLoss(
  final: Tensor,
  unembedding: Unembedding,
  { from, label }: Predictions,
  into: Float32Array,
): { logits: Tensor; dLogits: Tensor } {
  const states = gatherRows(final, fromValues(from, [from.length]));
  const products = uncappedLogits(states, unembedding);
  const logits = capped(products, unembedding);
  const { losses, dLogits } = softmaxCrossEntropy(logits, fromValues(label, [label.length]));
  free(states);
  if (products !== logits) free(products);
  into.set(readFloats(losses));
  return { logits, dLogits };
}

function chunksOf(length: number, { head }: Unembedding): [number, number][] {
  const [vocab = 1] = head.shape;
  const size = Math.max(1, Math.min(CHUNK_TOKENS, Math.floor(CHUNK_LOGITS / vocab)));
  return Array.from({ length: Math.ceil(length / size) }, (_, i) => [i * size, Math.min((i + 1) * size, length)]);
}
