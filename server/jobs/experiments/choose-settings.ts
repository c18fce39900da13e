import type { ExperimentChoice } from "@/lib/contract/experiment";

/** What came of a trial of the sweep. */
export type SweptTrial = {
  readonly arm: number;
  readonly trial: number;
  readonly learningRate: number;
  /** `ended` early without a failure: by the median rule, or by a person. */
  readonly outcome: "finished" | "stoppedEarly" | "failed" | "ended";
  /** At its end, on selection rows; null where it has none. */
  readonly loss: number | null;
};

/**
 * The best setting of an arm: the least loss on selection rows at the end of a whole training; of equal ones the first. Trials that failed or were
 * stopped count as tried and are never chosen.
 *
 * @returns undefined when no trial came to its end
 */
export function chooseSetting(trials: readonly SweptTrial[], arm: number): ExperimentChoice | undefined {
  const own = trials.filter((trial) => trial.arm === arm);
  const whole = own
    .flatMap((trial) =>
      trial.outcome === "finished" && trial.loss !== null && Number.isFinite(trial.loss) ? [{ ...trial, loss: trial.loss }] : [],
    )
    .toSorted((a, b) => a.loss - b.loss || a.trial - b.trial);
  const [best, next] = whole;
  if (best === undefined) return undefined;
  const rates = own.map(({ learningRate }) => learningRate);
  return {
    arm,
    trial: best.trial,
    loss: best.loss,
    runnerUp: next === undefined ? null : { trial: next.trial, loss: next.loss },
    tried: own.length,
    failed: own.filter(({ outcome }) => outcome === "failed").length,
    stoppedEarly: own.filter(({ outcome }) => outcome === "stoppedEarly").length,
    isAtEdge: edgeOf(best.learningRate, rates),
  };
}

function edgeOf(rate: number, rates: readonly number[]): ExperimentChoice["isAtEdge"] {
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)];
  if (lowest === highest) return null;
  return rate === lowest ? "lowest" : rate === highest ? "highest" : null;
}
