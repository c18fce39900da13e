import { type ProbeScore, probeScoreOf } from "@/lib/numbers/metrics/probe-score";
import { type Ranking, rankingOf } from "@/lib/numbers/metrics/ranking";
import { Random } from "@/lib/numbers/random";
import { intervalBetween, percentileTails } from "./bootstrap";

type Bounds = readonly [low: number, high: number];
export type RankingInterval = { readonly [Name in keyof Ranking]: Bounds };
export type ProbeInterval = { readonly [Name in keyof ProbeScore]: Bounds };

export type RankingIntervalOptions = { readonly resamples?: number; readonly seed?: number; readonly level?: number };

/**
 * The percentile bootstrap of both numbers of a ranking. Positives and negatives are drawn each from their own, so every resample has as many of both.
 *
 * @throws RangeError where there are no positives or no negatives
 */
export function rankingInterval(positives: Float32Array, negatives: Float32Array, options?: RankingIntervalOptions): RankingInterval {
  const between = redrawing(positives, negatives, rankingOf, options);
  return { auroc: between("auroc"), averagePrecision: between("averagePrecision") };
}

/** As `rankingInterval`, of a probe's log-odds. */
export function probeInterval(positives: Float32Array, negatives: Float32Array, options?: RankingIntervalOptions): ProbeInterval {
  const between = redrawing(positives, negatives, probeScoreOf, options);
  return { accuracy: between("accuracy"), auroc: between("auroc") };
}

/** @returns the interval of a measure, by its name */
function redrawing<Measures extends { readonly [name: string]: number }>(
  positives: Float32Array,
  negatives: Float32Array,
  measure: (positives: Float32Array, negatives: Float32Array) => Measures,
  { resamples = 1000, seed = 0, level = 0.95 }: RankingIntervalOptions = {},
): (name: keyof Measures) => Bounds {
  const random = new Random(seed);
  const drawn = Array.from({ length: resamples }, () => measure(redrawn(positives, random), redrawn(negatives, random)));
  return (name) => intervalBetween(Float64Array.from(drawn, (one) => one[name] as number).sort(), percentileTails(level));
}

function redrawn(scores: Float32Array, random: Random): Float32Array {
  return scores.map(() => scores[random.nextBelow(scores.length)] as number);
}
