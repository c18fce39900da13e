/** Softmax of each row. @param scores (rows, numLabels) */
export function softmaxRows(scores: ArrayLike<number>, numLabels: number): Float64Array {
  const probabilities = new Float64Array(scores.length);
  for (let from = 0; from < scores.length; from += numLabels) {
    let top = Number.NEGATIVE_INFINITY;
    for (let at = from; at < from + numLabels; at++) top = Math.max(top, scores[at] as number);
    let total = 0;
    for (let at = from; at < from + numLabels; at++) total += Math.exp((scores[at] as number) - top);
    for (let at = from; at < from + numLabels; at++) probabilities[at] = Math.exp((scores[at] as number) - top) / total;
  }
  return probabilities;
}
