import { floatsOf, plainTensor } from "./plain-arrays";
import { lastOf, type Tensor } from "./tensor";

/** Softmax of each row of the last axis over its entries from `first` to before `end`, all of them when absent; the others become 0. */
export function plainSoftmax(x: Tensor, seen?: (row: number) => { readonly first: number; readonly end: number }): Tensor {
  const values = floatsOf(x);
  const width = lastOf(x.shape);
  const all = { first: 0, end: width };
  const out = new Float32Array(values.length);
  for (let row = 0, from = 0; from < values.length; row++, from += width) {
    const { first, end } = seen?.(row) ?? all;
    const { top, total } = rowSums(values, from + first, from + end);
    for (let i = from + first; i < from + end; i++) out[i] = Math.exp((values[i] as number) - top) / total;
  }
  return plainTensor(out, x.shape);
}

/** Softmax of each row. @param scores (rows, width) */
export function softmaxRows(scores: ArrayLike<number>, width: number): Float64Array {
  const probabilities = new Float64Array(scores.length);
  for (let from = 0; from < scores.length; from += width) {
    const { top, total } = rowSums(scores, from, from + width);
    for (let i = from; i < from + width; i++) probabilities[i] = Math.exp((scores[i] as number) - top) / total;
  }
  return probabilities;
}

export function plainLogSoftmax(x: Tensor): Tensor {
  const values = floatsOf(x);
  const width = lastOf(x.shape);
  const out = new Float32Array(values.length);
  for (let from = 0; from < values.length; from += width) {
    const { top, total } = rowSums(values, from, from + width);
    const shift = top + Math.log(total);
    for (let i = from; i < from + width; i++) out[i] = (values[i] as number) - shift;
  }
  return plainTensor(out, x.shape);
}

/** p·(dp − Σ p·dp) by row of the last axis */
export function plainSoftmaxGrad(p: Tensor, dp: Tensor): Tensor {
  const weights = floatsOf(p);
  const gradient = floatsOf(dp);
  const width = lastOf(p.shape);
  const out = new Float32Array(weights.length);
  for (let from = 0; from < weights.length; from += width) {
    let mean = 0;
    for (let i = from; i < from + width; i++) mean += (weights[i] as number) * (gradient[i] as number);
    for (let i = from; i < from + width; i++) out[i] = (weights[i] as number) * ((gradient[i] as number) - mean);
  }
  return plainTensor(out, p.shape);
}

/** logits (n, vocab), labels (n) → losses (n) and the gradient of each by its own logits */
export function plainCrossEntropy(logits: Tensor, labels: Int32Array): { losses: Tensor; dLogits: Tensor } {
  const values = floatsOf(logits);
  const width = lastOf(logits.shape);
  const losses = new Float32Array(labels.length);
  const gradient = new Float32Array(values.length);
  labels.forEach((label, row) => {
    const from = row * width;
    const { top, total } = rowSums(values, from, from + width);
    losses[row] = top + Math.log(total) - (values[from + label] as number);
    for (let i = from; i < from + width; i++) gradient[i] = Math.exp((values[i] as number) - top) / total;
    gradient[from + label] = (gradient[from + label] as number) - 1;
  });
  return { losses: plainTensor(losses, [labels.length]), dLogits: plainTensor(gradient, logits.shape) };
}

function rowSums(values: ArrayLike<number>, from: number, end: number): { top: number; total: number } {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = from; i < end; i++) top = Math.max(top, values[i] as number);
  let total = 0;
  for (let i = from; i < end; i++) total += Math.exp((values[i] as number) - top);
  return { top, total };
}
