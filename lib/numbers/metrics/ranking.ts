/** How well scores put positive examples above negative ones, both in 0…1. */
export type Ranking = { readonly auroc: number; readonly averagePrecision: number };

/**
 * The area under the ROC curve, in which equal scores count half, and average precision: precision at each distinct score, weighted by the recall that
 * it adds, as scikit-learn's `roc_auc_score` and `average_precision_score`. Sorts both arrays in place.
 *
 * @throws RangeError where there are no positives or no negatives
 */
export function rankingOf(positives: Float32Array, negatives: Float32Array): Ranking {
  if (positives.length === 0 || negatives.length === 0) {
    throw new RangeError(`a ranking needs positives and negatives, but there are ${positives.length} and ${negatives.length}`);
  }
  positives.sort();
  negatives.sort();
  let [positive, negative] = [positives.length, negatives.length];
  let [pairsWon, precisionSum] = [0, 0];
  // From the highest score down; both counts are those that are left.
  while (positive > 0 || negative > 0) {
    const score = Math.max(scoreAt(positives, positive), scoreAt(negatives, negative));
    const positivesAbove = positives.length - positive;
    const negativesBefore = negative;
    while (positive > 0 && positives[positive - 1] === score) positive--;
    while (negative > 0 && negatives[negative - 1] === score) negative--;
    const gained = positives.length - positive - positivesAbove;
    if (gained === 0) continue;
    const tied = negativesBefore - negative;
    pairsWon += gained * (negative + tied / 2);
    const above = positives.length - positive;
    precisionSum += (gained * above) / (above + negatives.length - negative);
  }
  return { auroc: pairsWon / (positives.length * negatives.length), averagePrecision: precisionSum / positives.length };
}

/** The highest of the first `count` scores, in ascending order. */
function scoreAt(scores: Float32Array, count: number): number {
  return count === 0 ? Number.NEGATIVE_INFINITY : (scores[count - 1] as number);
}
