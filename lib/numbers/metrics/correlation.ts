import { requireFinite, requireSameLength, type SampleMetric } from "./sample-metric";

/**
 * Pearson's correlation of resamples, as scipy: NaN where predictions or targets are all equal.
 *
 * @throws RangeError for lists of unequal length, no examples, or a value that is not finite
 */
export function pearsonOver(predicted: ArrayLike<number>, targets: ArrayLike<number>): SampleMetric {
  requirePairs(predicted, targets);
  const [x, y] = [Float64Array.from(predicted), Float64Array.from(targets)];
  return (counts) => correlation(x, y, counts);
}

/**
 * Spearman's correlation of resamples: Pearson's of ranks, equal values sharing their mean rank, as scipy; NaN where all are equal. Sorted once, so
 * that a resample costs O(examples).
 *
 * @throws RangeError as `pearsonOver`
 */
export function spearmanOver(predicted: ArrayLike<number>, targets: ArrayLike<number>): SampleMetric {
  requirePairs(predicted, targets);
  const [ranksOfX, ranksOfY] = [ranking(predicted), ranking(targets)];
  return (counts) => correlation(ranksOfX(counts), ranksOfY(counts), counts);
}

/**
 * Ranks from 1 of each example in a sample, equal values sharing the mean of theirs; the next call overwrites the array. Ranks of examples that are not
 * in the sample mean nothing.
 */
function ranking(values: ArrayLike<number>): (counts: Int32Array | undefined) => Float64Array {
  const order = Int32Array.from(values, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Float64Array(values.length);
  return (counts) => {
    let before = 0;
    for (let start = 0; start < order.length; ) {
      const value = values[order[start] as number];
      let end = start;
      let equal = 0;
      for (; end < order.length && values[order[end] as number] === value; end++)
        equal += counts === undefined ? 1 : (counts[order[end] as number] as number);
      for (let place = start; place < end; place++) ranks[order[place] as number] = before + (equal + 1) / 2;
      before += equal;
      start = end;
    }
    return ranks;
  };
}

/** In two passes, for the sake of values far from 0. */
function correlation(x: Float64Array, y: Float64Array, counts: Int32Array | undefined): number {
  const countOf = (i: number) => (counts === undefined ? 1 : (counts[i] as number));
  let [size, sumX, sumY] = [0, 0, 0];
  let [lowX, highX, lowY, highY] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < x.length; i++) {
    const count = countOf(i);
    if (count === 0) continue;
    const [atX, atY] = [x[i] as number, y[i] as number];
    size += count;
    sumX += count * atX;
    sumY += count * atY;
    if (atX < lowX) lowX = atX;
    if (atX > highX) highX = atX;
    if (atY < lowY) lowY = atY;
    if (atY > highY) highY = atY;
  }
  if (!(lowX < highX && lowY < highY)) return Number.NaN;
  const [meanX, meanY] = [sumX / size, sumY / size];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const count = countOf(i);
    const fromX = (x[i] as number) - meanX;
    const fromY = (y[i] as number) - meanY;
    xx += count * fromX * fromX;
    yy += count * fromY * fromY;
    xy += count * fromX * fromY;
  }
  return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}

function requirePairs(predicted: ArrayLike<number>, targets: ArrayLike<number>): void {
  requireSameLength(predicted.length, targets.length);
  requireFinite("prediction", predicted);
  requireFinite("target", targets);
}
