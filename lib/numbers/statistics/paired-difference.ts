import { differenceOf, type SampleMetric } from "@/lib/numbers/metrics/sample-metric";
import { Random } from "@/lib/numbers/random";
import {
  type BootstrapDistribution,
  bcaCorrection,
  bcaTails,
  bootstrapDistribution,
  expandedTails,
  intervalBetween,
  jackknifeOf,
  percentileTails,
} from "./bootstrap";
import { normalQuantile } from "./normal";
import { discordantOf } from "./paired-tests";
import { spreadEstimate, studentInterval, studentPValue } from "./student-interval";
import { studentTails } from "./student-t";
import { scorePValue, tangoInterval } from "./tango";

/**
 * How the interval is read off the bootstrap distribution. `student`, the default, is the bootstrap's standard error with Student's t and
 * the resamples' skewness (`studentInterval`). Measured over 4000 simulated comparisons of each case (`scripts/simulate-coverage.mjs rows`),
 * per cent that hold the true difference, least and most over the cases of a line:
 *
 * | metric | examples | student | expanded | percentile | bca |
 * |---|---|---|---|---|---|
 * | loss; differences normal, of t with 3 degrees, or of two log-normal losses (correlation 0, 0.5, 0.95) | 30 | 95.4 … 96.4 | 93.0 … 94.5 | 91.4 … 93.3 | 86.3 … 93.5 |
 * | | 100 | 95.5 … 96.1 | 93.3 … 95.1 | 92.8 … 94.9 | 88.5 … 95.0 |
 * | | 400, 2000 | 95.4 … 95.9 | 94.3 … 95.3 | 94.2 … 95.3 | |
 * | loss; log-normal, one run's by a factor of 0.8 or 0.5 (skewed differences) | 30 | 91.7 … 95.6 | 88.8 … 92.9 | 87.2 … 91.4 | 87.1 … 88.8 |
 * | | 100 | 93.7 … 95.4 | 91.8 … 92.8 | 91.3 … 92.6 | 89.7 … 91.7 |
 * | | 400, 2000 | 94.3 … 95.4 | 92.9 … 94.0 | 92.7 … 93.9 | |
 * | F1, Matthews | 30 | 92.3 … 96.2 | 79.0 … 94.4 | 78.6 … 93.0 | 74.6 … 92.5 |
 * | | 100 | 95.0 … 96.0 | 93.8 … 94.6 | 93.2 … 94.1 | 91.0 … 94.8 |
 * | | 400, 2000 | 95.1 … 95.7 | 94.1 … 94.7 | 94.0 … 94.5 | |
 * | Pearson, normal noise | 30, 100, 400 | 95.5 … 96.8 | 93.8 … 94.6 | 92.2 … 94.5 | 90.3 … 92.9 |
 * | Pearson, noise of t with 3 degrees | 30, 100, 400 | 92.7 … 93.3 | 88.1 … 90.7 | 85.8 … 90.6 | 80.9 … 82.8 |
 * | Spearman | 30, 100 | 97.4 … 99.7 | 96.2 … 98.2 | 95.9 … 97.3 | 94.2 … 94.7 |
 *
 * What falls short of 93 is skewed at few examples, or a correlation with heavy tails: half to three quarters of these comparisons exceed
 * `mostSkewness`, and the verdict says so. BCa helps one skewed sample; of a paired difference a sample's skewness is mostly chance.
 */
export type IntervalMethod = "student" | "expanded" | "percentile" | "bca";

export type PairedOptions = {
  readonly resamples?: number;
  readonly seed?: number;
  /** Of the interval, 0.95 unless told. */
  readonly level?: number;
  readonly method?: IntervalMethod;
  /** Where the metric is the share of examples that are right: which are, of both. The interval is Tango's then, without resamples. */
  readonly right?: readonly [first: ArrayLike<number | boolean>, second: ArrayLike<number | boolean>];
};

/** One run's metric minus another's over the same examples. Holds for these two runs, not for their methods: see `SeedsDifference`. */
export type PairedDifference = {
  readonly first: number;
  readonly second: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /** Of no difference: the level at which the interval ends at 0. */
  readonly pValue: number;
  readonly examples: number;
  readonly resamples: number;
  /** Of the resamples; 0 without resamples. See `mostSkewness`. */
  readonly skewness: number;
  /** Examples that one run has right and the other wrong, where they are right or wrong. */
  readonly discordant?: number;
};

/**
 * Where the resamples are more skewed, a few examples carry the difference, and its interval may cover too little (for means it is
 * Cochran's rule, 1977, 2.15, that examples be 25 times the squared skewness, at 11 times).
 */
export const mostSkewness = 0.3;

/**
 * The difference of two runs' metric, first minus second, with its interval by the bootstrap over examples, paired by example; for
 * examples that are right or wrong, Tango's. The same seed gives the same interval. A run against itself gives exactly 0 within [0, 0]
 * (right or wrong: 0 within what the number of examples leaves open). O(resamples · examples).
 *
 * @param examples that both metrics are over
 * @returns undefined under two examples, where either metric is not defined, or where it is not for over 5 % of the resamples
 * @throws RangeError unless level is between 0 and 1, resamples a whole number from 1, and `right` of all examples
 */
export function comparePaired(
  first: SampleMetric,
  second: SampleMetric,
  examples: number,
  { resamples = 2000, seed = 0, level = 0.95, method = "student", right }: PairedOptions = {},
): PairedDifference | undefined {
  if (!(level > 0 && level < 1)) throw new RangeError(`level ${level} is not between 0 and 1`);
  const [ofFirst, ofSecond] = [first(), second()];
  if (examples < 2 || !Number.isFinite(ofFirst - ofSecond)) return undefined;
  const compared = { first: ofFirst, second: ofSecond, difference: ofFirst - ofSecond, level, examples };
  if (right !== undefined) return { ...compared, ...comparedShares(right, examples, level) };

  const metric = differenceOf(first, second);
  const distribution = bootstrapDistribution(metric, examples, resamples, new Random(seed));
  if (distribution.undefinedResamples > 0.05 * resamples) return undefined;
  const [low, high] = bootstrapInterval(distribution, metric, examples, level, method);
  const spread = spreadEstimate(compared.difference, distribution.sorted, examples);
  const pValue = method === "student" ? studentPValue(spread) : bootstrapPValue(distribution.sorted, examples);
  return { ...compared, low, high, pValue, resamples, skewness: spread.skewness };
}

/** The interval of a metric read off its bootstrap distribution. */
export function bootstrapInterval(
  { sorted }: BootstrapDistribution,
  metric: SampleMetric,
  examples: number,
  level: number,
  method: IntervalMethod,
): readonly [low: number, high: number] {
  switch (method) {
    case "student":
      return studentInterval(spreadEstimate(metric(), sorted, examples), level);
    case "percentile":
      return intervalBetween(sorted, percentileTails(level));
    case "expanded":
      return intervalBetween(sorted, expandedTails(level, examples));
    case "bca": {
      const correction = bcaCorrection(sorted, metric(), jackknifeOf(metric, examples));
      const tails = percentileTails(level);
      // All resamples on one side of the estimate: its bias cannot be told.
      return intervalBetween(sorted, Number.isFinite(correction.bias) ? bcaTails(correction, tails) : tails);
    }
  }
}

function comparedShares([first, second]: NonNullable<PairedOptions["right"]>, examples: number, level: number) {
  const discordant = discordantOf(first, second);
  if (first.length !== examples) throw new RangeError(`${first.length} examples are right or wrong, but the metric is over ${examples}`);
  const [low, high] = tangoInterval(discordant, examples, level);
  return {
    low,
    high,
    pValue: scorePValue(discordant),
    resamples: 0,
    skewness: 0,
    discordant: discordant.firstOnly + discordant.secondOnly,
  };
}

/** Two-sided, by the expanded tails; 1 where half of the resamples or more lie at 0 or on either side of it. */
function bootstrapPValue(sorted: Float64Array, examples: number): number {
  let [atMost, atLeast] = [0, 0];
  for (const value of sorted) {
    if (value <= 0) atMost++;
    if (value >= 0) atLeast++;
  }
  const tail = (Math.min(atMost, atLeast) + 1) / (sorted.length + 1);
  if (tail >= 0.5) return 1;
  return studentTails(normalQuantile(tail) * Math.sqrt((examples - 1) / examples), examples - 1);
}
