import { meanOf } from "@/lib/numbers/intervals";
import type { SampleMetric } from "@/lib/numbers/metrics/sample-metric";
import { Random } from "@/lib/numbers/random";
import { drawCounts } from "./bootstrap";
import type { PairedOptions } from "./paired-difference";
import { spreadEstimate, studentInterval } from "./student-interval";
import { studentQuantile, varianceOf } from "./student-t";

/** One method's metric minus another's, over seeds and examples: what other seeds and other examples of the kind would give. */
export type SeedsDifference = {
  /** Means over seeds. */
  readonly first: number;
  readonly second: number;
  readonly difference: number;
  /** First minus second of each seed. */
  readonly bySeed: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /** Of no difference: the level at which the interval ends at 0. */
  readonly pValue: number;
  /** Standard errors of the difference: from seeds, and from examples beside what is of seed and example together. */
  readonly seedError: number;
  readonly exampleError: number;
  /** Of the resamples of examples, means over seeds. */
  readonly skewness: number;
  readonly seeds: number;
  readonly examples: number;
  readonly resamples: number;
};

/**
 * The two-level interval of a difference of methods, of runs over seeds on the same examples (crossed: every seed sees every example;
 * run s of one method is paired with run s of the other, which is right also where the pairing means nothing).
 *
 * Seeds bring the variance s² / S, s² of the seeds' differences and S their number, in it what is of seed and example together.
 * Examples bring V − I: V the variance of the mean over seeds when examples are resampled for all seeds at once, I the part of it that is
 * of seed and example together, known from how much more a single seed varies. The quantile is the mean of both's own, Student's t of S − 1
 * degrees and that of examples with their skewness (`studentInterval`), weighted by their variances (Cochran and Cox 1950; half widths that
 * are squared and added, Zou and Donner 2008, cover up to 98.9 % where this covers 97.9; Welch's degrees of freedom too little at two seeds).
 *
 * Seeds are not resampled: of three, a resample is one seed alone in one of nine cases, and percentiles cover 60 to 98 %. Measured over 4000
 * simulated comparisons of each of seven mixtures of seed, example and both (`scripts/simulate-coverage.mjs seeds`), least and most:
 *
 * | seeds | this interval |
 * |---|---|
 * | 2 | 94.5 … 97.9 |
 * | 3 | 95.5 … 97.5 |
 * | 5 | 95.7 … 96.8 |
 * | 10 | 95.7 … 96.4 |
 *
 * O(resamples · seeds · examples).
 *
 * @param first metric of each seed's run of the first method
 * @param second the same of the second method, the same seeds in the same order
 * @returns undefined under two examples, where a metric is not defined, or where it is not for over 5 % of the resamples
 * @throws RangeError unless both have the same number of seeds, at least two, and level is between 0 and 1
 */
export function compareOverSeeds(
  first: readonly SampleMetric[],
  second: readonly SampleMetric[],
  examples: number,
  { resamples = 2000, seed = 0, level = 0.95 }: Omit<PairedOptions, "method"> = {},
): SeedsDifference | undefined {
  const seeds = first.length;
  if (seeds !== second.length) throw new RangeError(`${seeds} and ${second.length} seeds do not pair: compare the same seeds of both`);
  if (seeds < 2) throw new RangeError(`${seeds} seed carries no spread over seeds: take two or more, or compare the runs alone`);
  if (!(level > 0 && level < 1)) throw new RangeError(`level ${level} is not between 0 and 1`);
  const differences = (counts?: Int32Array) => first.map((metric, s) => metric(counts) - (second[s] as SampleMetric)(counts));
  const bySeed = differences();
  if (examples < 2 || !bySeed.every(Number.isFinite)) return undefined;
  const drawn = resampledRows(differences, examples, resamples, new Random(seed));
  if (drawn.length < Math.max(2, 0.95 * resamples)) return undefined;

  const { fromSeeds, fromExamples } = varianceParts(bySeed, drawn, examples);
  const difference = meanOf(bySeed);
  const { skewness } = spreadEstimate(difference, drawn.map(meanOf), examples);
  const ofExamples = { estimate: 0, error: 1, skewness, examples };
  const endsAt = (confidence: number) => {
    const ofSeeds = studentQuantile(seeds - 1, confidence);
    const [below, above] = studentInterval(ofExamples, confidence);
    const halfWidth = (errors: number) => (fromSeeds * ofSeeds + fromExamples * errors) / Math.sqrt(fromSeeds + fromExamples);
    return [difference - halfWidth(-below), difference + halfWidth(above)] as const;
  };
  const hasSpread = fromSeeds + fromExamples > 0;
  const [low, high] = hasSpread ? endsAt(level) : [difference, difference];
  return {
    first: meanOf(first.map((metric) => metric())),
    second: meanOf(second.map((metric) => metric())),
    difference,
    bySeed,
    low,
    high,
    level,
    pValue: hasSpread ? pValueOf(endsAt) : difference === 0 ? 1 : 0,
    skewness,
    seedError: Math.sqrt(fromSeeds),
    exampleError: Math.sqrt(fromExamples),
    seeds,
    examples,
    resamples,
  };
}

/** Every seed's difference of each resample, (resamples, seeds), without those of which one is not defined. */
function resampledRows(differences: (counts: Int32Array) => number[], examples: number, resamples: number, random: Random): number[][] {
  const counts = new Int32Array(examples);
  return Array.from({ length: resamples }, () => differences(drawCounts(counts, random))).filter((row) => row.every(Number.isFinite));
}

/** Variances of the mean over seeds. The bootstrap's are too small by (n − 1) / n. */
function varianceParts(bySeed: readonly number[], drawn: readonly number[][], examples: number) {
  const seeds = bySeed.length;
  const scale = examples / (examples - 1);
  const ofMean = scale * varianceOf(drawn.map(meanOf));
  const ofOneSeed = scale * meanOf(bySeed.map((_, s) => varianceOf(drawn.map((row) => row[s] as number))));
  const interaction = Math.max(0, (ofOneSeed - ofMean) / (seeds - 1));
  return { fromSeeds: varianceOf(bySeed) / seeds, fromExamples: Math.max(0, ofMean - interaction) };
}

/** 1 less the confidence at which the interval ends at 0, by halving. */
function pValueOf(endsAt: (confidence: number) => readonly [low: number, high: number]): number {
  let [outside, inside] = [0, 1];
  for (let halving = 0; halving < 50; halving++) {
    const middle = (outside + inside) / 2;
    const [low, high] = middle < 1 ? endsAt(middle) : [0, 0];
    if (low <= 0 && high >= 0) inside = middle;
    else outside = middle;
  }
  return 1 - (outside + inside) / 2;
}
