import type { ExperimentChoice, ExperimentRequest } from "@/lib/contract/experiment";
import { placeOfTrial, trialsOfSetting } from "@/lib/contract/experiment-trials";
import type { Database } from "@/server/db/client";
import { type ExperimentRow, insertTrials, type NewTrial, setExperiment } from "@/server/db/experiments/experiments";
import { setTrialSteps, type TrialWithRun } from "@/server/db/experiments/trials";
import { chooseSetting, type SweptTrial } from "./choose-settings";
import { evenOutSteps, type StepTime } from "./even-out-steps";

/**
 * Gives the sweep's trials steps such that all that are trained on the same domains take the same time.
 *
 * @returns what is wrong when a probe has no time
 */
export async function planSweep(db: Database, { request }: ExperimentRow, trials: readonly TrialWithRun[]): Promise<string | null> {
  const times = new Map<number | null, StepTime[]>();
  for (const { trial, run } of trials) {
    if (trial.stage !== "probe") continue;
    const medianStepMs = run?.status === "finished" ? run.cost?.medianStepMs : null;
    if (medianStepMs == null) {
      const why = run?.error ?? (run === null ? "its run was removed" : `it is ${run.status}`);
      return `The speed of ${request.arms[trial.arm]?.name} is unknown, so its steps cannot be matched: ${why}. Resume, or start a new experiment.`;
    }
    const { domainSet } = placeOfTrial(request, "probe", trial.trial);
    times.set(domainSet, [...(times.get(domainSet) ?? []), { key: keyOf(trial), medianStepMs }]);
  }
  for (const [domainSet, alike] of times) {
    const steps = evenOutSteps(alike, request.training.steps);
    for (const { trial } of trials) {
      if (trial.stage !== "sweep" || placeOfTrial(request, "sweep", trial.trial).domainSet !== domainSet) continue;
      const own = steps.get(keyOf(trial));
      if (own !== undefined) await setTrialSteps(db, trial, own);
    }
  }
  return null;
}

/**
 * Plans the final runs: the best setting of each arm, on each set of domains, with every seed.
 *
 * @returns what is wrong when an arm has none
 */
export async function planFinals(db: Database, experiment: ExperimentRow, swept: readonly TrialWithRun[]): Promise<string | null> {
  const { id, request } = experiment;
  const choices: ExperimentChoice[] = [];
  const finals: NewTrial[] = [];
  for (const [arm, { name }] of request.arms.entries()) {
    const own = swept.filter(({ trial }) => trial.arm === arm);
    const chosenOf = new Map<number | null, TrialWithRun["trial"]>();
    for (const domainSet of domainSetsOf(request)) {
      const alike = own.filter(({ trial }) => placeOfTrial(request, "sweep", trial.trial).domainSet === domainSet);
      const choice = chooseSetting(alike.map((one) => outcomeOf(request, one)));
      const chosen = alike.find(({ trial }) => trial.trial === choice?.trial)?.trial;
      if (choice === undefined || chosen === undefined) return nothingChosen(name, request, domainSet, alike);
      choices.push({ arm, domainSet, ...choice });
      chosenOf.set(domainSet, chosen);
    }
    for (const { trial, domainSet, seed } of trialsOfSetting(request, "final", 0)) {
      const chosen = chosenOf.get(domainSet);
      if (chosen === undefined) continue;
      const { adapter, learningRate, steps } = chosen;
      finals.push({ stage: "final", arm, trial, seed, adapter, learningRate, steps });
    }
  }
  await insertTrials(db, id, finals);
  await setExperiment(db, id, { choices });
  return null;
}

/** Places of the sets of domains; null alone without any. */
function domainSetsOf({ domainSets }: ExperimentRequest): readonly (number | null)[] {
  return domainSets === null ? [null] : [...domainSets.keys()];
}

function nothingChosen(arm: string, request: ExperimentRequest, domainSet: number | null, trials: readonly TrialWithRun[]): string {
  const where = domainSet === null ? "" : ` on ${request.domainSets?.[domainSet]?.join(", ")}`;
  const seeds = request.sweepSeeds.length > 1 ? " with every seed" : "";
  const reason = trials.find(({ run }) => run?.error != null)?.run?.error;
  const why = reason == null ? "" : `: ${reason}`;
  const next = reason == null ? "Resume to train what was cancelled" : "Resume to retrain what failed";
  return `No setting of ${arm}${where} finished${seeds}, so there is none to select${why}. ${next}, or start a new experiment with other settings.`;
}

function outcomeOf(request: ExperimentRequest, { trial, run }: TrialWithRun): SweptTrial {
  const { trial: place, learningRate, stoppedAtStep } = trial;
  const evaluation = run?.latestEvaluation ?? null;
  const isWhole = run?.status === "finished" && evaluation?.step === run.steps;
  const isStopped = run?.status === "stopped" && stoppedAtStep !== null;
  const outcome = isWhole ? "finished" : isStopped ? "stoppedEarly" : run?.status === "failed" ? "failed" : "ended";
  const { setting } = placeOfTrial(request, "sweep", place);
  return { trial: place, setting, learningRate, outcome, loss: evaluation?.loss ?? null };
}

function keyOf({ arm, adapter }: TrialWithRun["trial"]): string {
  return `${arm} ${JSON.stringify(adapter)}`;
}
