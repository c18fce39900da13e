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
 * How the interval is read off the bootstrap distribution; `student` unless told, which covers nearest to 95 %.
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

/** One run's metric minus another's over the same examples. It speaks of these two runs, not of their methods: see `SeedsDifference`. */
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

/** An interval of fewer examples covers too little (86 % at 20 for accuracies). */
export const fewestExamples = 30;

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
  if (first.length !== examples) throw new RangeError(`${first.length} examples are right or wrong, and the metric is over ${examples}`);
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
