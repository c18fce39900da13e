import type { ExperimentDetail, ExperimentEstimate, ExperimentRequest } from "@/lib/contract/experiment";
import { countFinals } from "@/lib/contract/experiment-trials";
import type { ExperimentRow } from "@/server/db/experiments/experiments";
import type { TrialWithRun } from "@/server/db/experiments/trials";
import type { RunRow } from "@/server/db/runs/runs";

/** The request, the estimate, and the current state. */
type Standing = Pick<ExperimentRow, "request" | "estimate" | "status" | "stage">;

/** Training and evaluation of runs that have ended: how many, their steps, and their time from start to end. */
type Measured = { readonly runs: number; readonly steps: number; readonly seconds: number };

/**
 * What is still to come of an experiment, by the speed of its own runs: of an arm whose runs have ended, theirs; of another, what was estimated
 * for it, corrected by how far the estimates of the others were off.
 */
export function workAhead(experiment: Standing, trials: readonly TrialWithRun[]): ExperimentDetail["ahead"] {
  const { request, estimate } = experiment;
  const left = request.arms.map((_, arm) => leftOf(experiment, trials, arm));
  const measured = request.arms.map((_, arm) => measuredOf(trials, arm));
  const estimatedStep = estimate.arms.map(({ runSeconds, steps }) => (runSeconds === null ? null : runSeconds / Math.max(1, steps)));
  const overEstimate = ratio(measured, estimatedStep);
  const seconds = left.map(({ steps, finals }, arm) => {
    const { seconds: took = 0, steps: taken = 0 } = measured[arm] ?? {};
    const expected = estimatedStep[arm] ?? null;
    const aStep = taken > 0 ? took / taken : expected === null ? null : expected * (overEstimate ?? 1);
    if (steps === 0) return 0;
    return aStep === null ? null : aStep * steps + collecting(request, estimate, arm) * finals;
  });
  return {
    runs: left.reduce((sum, { runs }) => sum + runs, 0),
    steps: left.reduce((sum, { steps }) => sum + steps, 0),
    seconds: seconds.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0),
    measuredRuns: measured.reduce((sum, { runs }) => sum + runs, 0),
    overEstimate,
  };
}

/** Runs of an arm that have not ended, those of final runs that are not planned yet with them. */
function leftOf(experiment: Standing, trials: readonly TrialWithRun[], arm: number): { runs: number; steps: number; finals: number } {
  const { request } = experiment;
  const own = trials.filter(({ trial }) => trial.arm === arm);
  const open = own.filter((one) => !hasEnded(experiment, one));
  const isPlanned = own.some(({ trial }) => trial.stage === "final");
  const unplanned = isPlanned ? 0 : countFinals(request) / request.arms.length;
  const stepsOf = ({ trial, run }: TrialWithRun) => Math.max(0, (trial.steps ?? request.training.steps) - (run?.step ?? 0));
  return {
    runs: open.length + unplanned,
    steps: open.reduce((sum, one) => sum + stepsOf(one), 0) + unplanned * request.training.steps,
    finals: open.filter(({ trial }) => trial.stage === "final").length + unplanned,
  };
}

function measuredOf(trials: readonly TrialWithRun[], arm: number): Measured {
  const ended = trials.flatMap(({ trial, run }) => (trial.arm === arm && trial.stage !== "probe" && run !== null ? timeOf(run) : []));
  return {
    runs: ended.length,
    steps: ended.reduce((sum, { steps }) => sum + steps, 0),
    seconds: ended.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Of a run that has trained to an end of its own; one that failed or was cancelled may have waited in between. */
function timeOf({ status, step, startedAt, finishedAt }: RunRow): { steps: number; seconds: number }[] {
  const isMeasured = (status === "finished" || status === "stopped") && step > 0 && startedAt !== null && finishedAt !== null;
  return isMeasured ? [{ steps: step, seconds: (finishedAt.getTime() - startedAt.getTime()) / 1000 }] : [];
}

function ratio(measured: readonly Measured[], estimatedStep: readonly (number | null)[]): number | null {
  let [took, expected] = [0, 0];
  for (const [arm, { seconds, steps }] of measured.entries()) {
    const aStep = estimatedStep[arm] ?? null;
    if (steps === 0 || aStep === null) continue;
    took += seconds;
    expected += aStep * steps;
  }
  return expected > 0 ? took / expected : null;
}

/** A final run's statistics pass, as estimated. */
function collecting({ domainSets, finalSeeds }: ExperimentRequest, { arms }: ExperimentEstimate, arm: number): number {
  const { seconds = null, runSeconds = null } = arms[arm] ?? {};
  if (seconds === null || runSeconds === null) return 0;
  return (seconds - runSeconds) / (finalSeeds.length * (domainSets?.length ?? 1));
}

/** Whether nothing more will come of a trial; what was cancelled, or failed in an experiment that has ended, is trained when that is resumed. */
function hasEnded({ status, stage }: Standing, { trial, run }: TrialWithRun): boolean {
  if (trial.runId === null) return false;
  if (run === null) return true;
  const isOfStage = trial.stage === stage || (stage === "measure" && trial.stage === "final");
  if (run.status === "failed") return !(isOfStage && (status === "failed" || status === "cancelled"));
  return !["queued", "running", "stopping", "cancelled"].includes(run.status);
}
