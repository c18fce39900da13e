/**
 * A metric of one run over its examples. Given counts, it is the metric of the sample in which example i stands counts[i] times;
 * without, each stands once. Resampling then costs O(examples) a resample and copies no data, whatever the metric.
 */
export type SampleMetric = (counts?: Int32Array) => number;

/** The difference of two runs' metrics over the same examples: both see the same resample, which pairs them. */
export function differenceOf(first: SampleMetric, second: SampleMetric): SampleMetric {
  return (counts) => first(counts) - second(counts);
}

/**
 * The mean of one value an example: of a loss, or of 0 and 1 for wrong and right.
 *
 * @returns a metric that is NaN for a sample without examples
 * @throws RangeError for no values, or one that is not a finite number
 */
export function sampleMean(values: ArrayLike<number>): SampleMetric {
  return sampleRatio(values, new Float64Array(values.length).fill(1));
}

/**
 * Σ sums / Σ weights over examples: the token-weighted mean loss, of each example's summed loss and its label tokens.
 *
 * @returns a metric that is NaN for a sample whose weights add up to 0
 * @throws RangeError for no examples, lists of unequal length, a sum that is not finite, or a weight that is negative or not finite
 */
export function sampleRatio(sums: ArrayLike<number>, weights: ArrayLike<number>): SampleMetric {
  requireSameLength(sums.length, weights.length);
  requireFinite("value", sums);
  requireFinite("weight", weights);
  for (let i = 0; i < weights.length; i++)
    if ((weights[i] as number) < 0) throw new RangeError(`the weight of example ${i} is ${weights[i]}, below 0`);
  const [tops, bottoms] = [Float64Array.from(sums), Float64Array.from(weights)];
  return (counts) => {
    let [top, bottom] = [0, 0];
    for (let i = 0; i < tops.length; i++) {
      const count = counts === undefined ? 1 : (counts[i] as number);
      top += count * (tops[i] as number);
      bottom += count * (bottoms[i] as number);
    }
    return top / bottom;
  };
}

/** @throws RangeError unless both lists have the same number of examples, at least one */
export function requireSameLength(first: number, second: number): void {
  if (first !== second) throw new RangeError(`${first} and ${second} examples do not pair: give one value of each for every example`);
  if (first === 0) throw new RangeError("no examples: a metric needs at least one");
}

/** @throws RangeError that names the first example whose value is not a finite number */
export function requireFinite(what: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) throw new RangeError(`the ${what} of example ${i} is ${values[i]}, not a finite number`);
}
