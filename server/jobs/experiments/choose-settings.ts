import type { ExperimentChoice } from "@/lib/contract/experiment";
import { meanOf } from "@/lib/numbers/intervals";

/** What came of a trial of the sweep. */
export type SweptTrial = {
  readonly trial: number;
  /** Place among the settings that its arm tries. */
  readonly setting: number;
  readonly learningRate: number;
  /** `ended` early without a failure: by a person. */
  readonly outcome: "finished" | "stoppedEarly" | "failed" | "ended";
  /** At its end, on selection rows; null where it has none. */
  readonly loss: number | null;
};

/**
 * The best of the settings that were tried, each with the same seeds: the least mean over them of the loss on selection rows at the end of a whole
 * training; of equal ones the first. Trials that failed or were stopped count as tried, and a setting with such a one is never chosen: the mean
 * over the seeds that went well would flatter it.
 *
 * @param trials of one arm, trained on the same domains
 * @returns undefined when no setting came to its end with every seed
 */
export function chooseSetting(trials: readonly SweptTrial[]): Omit<ExperimentChoice, "arm" | "domainSet"> | undefined {
  const settings = [...new Set(trials.map(({ setting }) => setting))];
  const whole = settings.flatMap((setting) => {
    const own = trials.filter((trial) => trial.setting === setting);
    const bySeed = own.flatMap(({ outcome, loss }) => (outcome === "finished" && loss !== null && Number.isFinite(loss) ? [loss] : []));
    const [first] = own;
    return first === undefined || bySeed.length < own.length ? [] : [{ ...first, loss: meanOf(bySeed), bySeed }];
  });
  const [best, next] = whole.toSorted((a, b) => a.loss - b.loss || a.setting - b.setting);
  if (best === undefined) return undefined;
  return {
    trial: best.trial,
    loss: best.loss,
    bySeed: best.bySeed,
    runnerUp: next === undefined ? null : { trial: next.trial, loss: next.loss },
    tried: trials.length,
    failed: trials.filter(({ outcome }) => outcome === "failed").length,
    stoppedEarly: trials.filter(({ outcome }) => outcome === "stoppedEarly").length,
    isAtEdge: edgeOf(
      best.learningRate,
      trials.map(({ learningRate }) => learningRate),
    ),
  };
}

function edgeOf(rate: number, rates: readonly number[]): ExperimentChoice["isAtEdge"] {
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)];
  if (lowest === highest) return null;
  return rate === lowest ? "lowest" : rate === highest ? "highest" : null;
}
