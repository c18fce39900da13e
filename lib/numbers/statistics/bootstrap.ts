import { meanOf, quantileOf } from "@/lib/numbers/intervals";
import type { SampleMetric } from "@/lib/numbers/metrics/sample-metric";
import type { Random } from "@/lib/numbers/random";
import { normalProbability, normalQuantile } from "./normal";
import { studentQuantile } from "./student-t";

/** A metric of each resample, ascending; those of which it is not defined are left out. */
export type BootstrapDistribution = { readonly sorted: Float64Array; readonly undefinedResamples: number };

/**
 * The metric of as many resamples of the examples, drawn with replacement (Efron 1979): O(resamples · examples) draws, and as much for
 * the metric.
 *
 * @param metric that with counts gives the metric of a resample
 * @throws RangeError unless examples and resamples are whole numbers from 1
 */
export function bootstrapDistribution(metric: SampleMetric, examples: number, resamples: number, random: Random): BootstrapDistribution {
  for (const [what, value] of [["examples", examples] as const, ["resamples", resamples] as const])
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${what} ${value} is not a whole number from 1`);
  const counts = new Int32Array(examples);
  const values = Float64Array.from({ length: resamples }, () => metric(drawCounts(counts, random)));
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  return { sorted, undefinedResamples: resamples - sorted.length };
}

/** Fills counts with how often each example is drawn when as many are drawn, with replacement, as there are. */
export function drawCounts(counts: Int32Array, random: Random): Int32Array {
  counts.fill(0);
  // Not `nextBelow`, which takes three times as long to be even to the last bit; this is to counts.length / 2³².
  const share = counts.length / 2 ** 32;
  for (let draw = 0; draw < counts.length; draw++) {
    const example = Math.floor(random.nextWord() * share);
    counts[example] = (counts[example] as number) + 1;
  }
  return counts;
}

/** The tails of the percentile interval (Efron and Tibshirani 1993, 13.3). */
export function percentileTails(level: number): readonly [low: number, high: number] {
  return [(1 - level) / 2, (1 + level) / 2];
}

/**
 * Tails moved out by Student's t, for the percentile interval is too narrow by √((n − 1) / n) and by the normal's tails at few examples
 * (Hesterberg 2015, "What Teachers Should Know About the Bootstrap", section 3.3, the expanded percentile interval).
 */
export function expandedTails(level: number, examples: number): readonly [low: number, high: number] {
  const tail = normalProbability(-Math.sqrt(examples / (examples - 1)) * studentQuantile(examples - 1, level));
  return [tail, 1 - tail];
}

/** What moves the tails of BCa away from the percentile interval's. */
export type BcaCorrection = { readonly bias: number; readonly acceleration: number };

/**
 * Bias and acceleration of BCa (Efron 1987; Efron and Tibshirani 1993, 14.3), as scipy.stats.bootstrap computes them.
 *
 * @param jackknife the metric without each example, or without each of several equal groups
 */
export function bcaCorrection(sorted: Float64Array, estimate: number, jackknife: ArrayLike<number>): BcaCorrection {
  let [below, at] = [0, 0];
  for (const value of sorted) {
    if (value < estimate) below++;
    else if (value === estimate) at++;
  }
  const mean = meanOf(jackknife);
  let [squares, cubes] = [0, 0];
  for (let i = 0; i < jackknife.length; i++) {
    const influence = mean - (jackknife[i] as number);
    squares += influence ** 2;
    cubes += influence ** 3;
  }
  return { bias: normalQuantile((below + at / 2) / sorted.length), acceleration: squares === 0 ? 0 : cubes / (6 * squares ** 1.5) };
}

/** The tails of BCa where those of a percentile interval are given. */
export function bcaTails({ bias, acceleration }: BcaCorrection, tails: readonly [number, number]): readonly [low: number, high: number] {
  const moved = (tail: number) => {
    const z = bias + normalQuantile(tail);
    return normalProbability(bias + z / (1 - acceleration * z));
  };
  return [moved(tails[0]), moved(tails[1])];
}

/** Leave-one-out metrics; beyond `most` examples, those without each of `most` interleaved groups, for O(examples · most). */
export function jackknifeOf(metric: SampleMetric, examples: number, most = 500): Float64Array {
  const groups = Math.min(examples, most);
  const counts = new Int32Array(examples);
  return Float64Array.from({ length: groups }, (_, group) => {
    counts.fill(1);
    for (let example = group; example < examples; example += groups) counts[example] = 0;
    return metric(counts);
  });
}

/** The interval between two tails of a distribution, linear between neighbours. */
export function intervalBetween(sorted: Float64Array, [low, high]: readonly [number, number]): readonly [low: number, high: number] {
  return [quantileOf(sorted, low), quantileOf(sorted, high)];
}
