import { meanOf, medianOf } from "@/lib/numbers/intervals";

/** A trial's loss after some steps. */
export type LossAt = { readonly step: number; readonly loss: number };

/**
 * The median stopping rule (Golovin et al. 2017, "Google Vizier", section 3.2.2): a trial is stopped when its best loss so far is worse than the
 * median, over the trials of its arm that have ended, of their mean losses up to the same step. The evaluation before the first step, which all
 * have in common, does not count.
 *
 * @param own evaluations of the trial up to now
 * @param ended evaluations of each trial of its arm that has ended; those that ended before this step are left out
 * @param rule.firstStep no trial is stopped before it
 * @param rule.afterTrials nor before so many have ended
 */
export function isHopeless(
  own: readonly LossAt[],
  ended: readonly (readonly LossAt[])[],
  rule: { readonly firstStep: number; readonly afterTrials: number },
): boolean {
  const step = own.at(-1)?.step ?? 0;
  if (step < rule.firstStep) return false;
  const means = ended.flatMap((trial) => {
    const upTo = trial.filter((at) => at.step > 0 && at.step <= step).map(({ loss }) => loss);
    return upTo.length > 0 && trial.some((at) => at.step >= step) ? [meanOf(upTo)] : [];
  });
  if (means.length < rule.afterTrials) return false;
  const best = own.reduce((least, at) => (at.step > 0 ? Math.min(least, at.loss) : least), Number.POSITIVE_INFINITY);
  return best > medianOf(means);
}
