import { rankingOf } from "./ranking";

/** How well a classifier's log-odds tell positives from negatives, both in 0…1. */
export type ProbeScore = { readonly accuracy: number; readonly auroc: number };

/**
 * The share of rows on their side of even odds, and the area under the ROC curve. Sorts both arrays in place.
 *
 * @throws RangeError where there are no positives or no negatives
 */
export function probeScoreOf(positives: Float32Array, negatives: Float32Array): ProbeScore {
  const { auroc } = rankingOf(positives, negatives);
  const isPositive = (logOdds: number) => logOdds > 0;
  const right = positives.filter(isPositive).length + negatives.length - negatives.filter(isPositive).length;
  return { accuracy: right / (positives.length + negatives.length), auroc };
}
