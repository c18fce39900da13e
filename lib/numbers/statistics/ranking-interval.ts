import { type Ranking, rankingOf } from "@/lib/numbers/metrics/ranking";
import { Random } from "@/lib/numbers/random";
import { intervalBetween, percentileTails } from "./bootstrap";

type Bounds = readonly [low: number, high: number];
export type RankingInterval = { readonly [Name in keyof Ranking]: Bounds };

export type RankingIntervalOptions = { readonly resamples?: number; readonly seed?: number; readonly level?: number };

/**
 * The percentile bootstrap of both numbers of a ranking. Positives and negatives are drawn each from their own, so every resample has as many of both.
 *
 * @throws RangeError where there are no positives or no negatives
 */
export function rankingInterval(
  positives: Float32Array,
  negatives: Float32Array,
  { resamples = 1000, seed = 0, level = 0.95 }: RankingIntervalOptions = {},
): RankingInterval {
  const random = new Random(seed);
  const drawn = Array.from({ length: resamples }, () => rankingOf(redrawn(positives, random), redrawn(negatives, random)));
  const between = (name: keyof Ranking): Bounds =>
    intervalBetween(Float64Array.from(drawn, (ranking) => ranking[name]).sort(), percentileTails(level));
  return { auroc: between("auroc"), averagePrecision: between("averagePrecision") };
}

function redrawn(scores: Float32Array, random: Random): Float32Array {
  return scores.map(() => scores[random.nextBelow(scores.length)] as number);
}
