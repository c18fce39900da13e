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

/** Scores of the rows in which a latent fires, each (rows, numLabels): with it, and with it taken out. */
type ComparedScores = { readonly unchanged: Float32Array; readonly ablated: Float32Array };

/** The task that the head answers: probabilities of its classes, one for each score (rows, numLabels); none where scores are not of classes. */
type ScoredTask = { probabilities(scores: ArrayLike<number>, numLabels: number): Float64Array };

/** @returns null where the latent fires in no row */
export function summariseScores(
  { probabilities }: ScoredTask,
  { unchanged, ablated }: ComparedScores,
  numLabels: number,
): ScoreChanges | null {
  const rows = unchanged.length / numLabels;
  if (rows === 0) return null;
  const labels = Array.from({ length: numLabels }, (_, label) => label);
  const [before, after] = [probabilities(unchanged, numLabels), probabilities(ablated, numLabels)];
  return {
    rows,
    scores: labels.map((label) => meanChange(unchanged, ablated, label, numLabels)),
    probabilities: before.length === 0 ? [] : labels.map((label) => meanChange(before, after, label, numLabels)),
  };
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
