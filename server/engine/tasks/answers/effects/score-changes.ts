import { pairedInterval } from "@/lib/numbers/intervals";
import { halfWidthToGive } from "@/lib/numbers/statistics/enough-examples";

/** A mean over rows and the half width of its 95 % interval, by the bootstrap over rows; null over too few rows. */
export type MeanChange = { readonly mean: number; readonly halfWidth: number | null };

/** What a latent gives a head's answers: unchanged minus ablated, over the rows in which it fires. */
export type ScoreChanges = {
  readonly rows: number;
  /** By score of the head, before softmax. */
  readonly scores: readonly MeanChange[];
  /** By class; of a regression none. */
  readonly probabilities: readonly MeanChange[];
};

/**
 * @param unchanged (rows, numLabels) scores of the rows in which the latent fires
 * @param ablated the same rows' with it taken out
 * @returns null where it fires in none
 */
export function summariseScores(unchanged: Float32Array, ablated: Float32Array, numLabels: number): ScoreChanges | null {
  const rows = unchanged.length / numLabels;
  if (rows === 0) return null;
  const classes = numLabels > 1 ? Array.from({ length: numLabels }, (_, label) => label) : [];
  const [before, after] = [unchanged, ablated].map((scores) => softmaxRows(scores, numLabels)) as [Float64Array, Float64Array];
  return {
    rows,
    scores: Array.from({ length: numLabels }, (_, label) => meanChange(unchanged, ablated, label, numLabels)),
    probabilities: classes.map((label) => meanChange(before, after, label, numLabels)),
  };
}

/** Softmax of each row. @param scores (rows, numLabels) */
export function softmaxRows(scores: ArrayLike<number>, numLabels: number): Float64Array {
  const probabilities = new Float64Array(scores.length);
  for (let from = 0; from < scores.length; from += numLabels) {
    let top = Number.NEGATIVE_INFINITY;
    for (let at = from; at < from + numLabels; at++) top = Math.max(top, scores[at] as number);
    let total = 0;
    for (let at = from; at < from + numLabels; at++) total += Math.exp((scores[at] as number) - top);
    for (let at = from; at < from + numLabels; at++) probabilities[at] = Math.exp((scores[at] as number) - top) / total;
  }
  return probabilities;
}

function meanChange(unchanged: ArrayLike<number>, ablated: ArrayLike<number>, label: number, numLabels: number): MeanChange {
  const rows = unchanged.length / numLabels;
  const changes = Float64Array.from({ length: rows }, (_, row) => {
    const at = row * numLabels + label;
    return (unchanged[at] as number) - (ablated[at] as number);
  });
  const interval = pairedInterval(changes);
  return {
    mean: changes.reduce((sum, change) => sum + change, 0) / rows,
    halfWidth: halfWidthToGive(interval, rows),
  };
}
