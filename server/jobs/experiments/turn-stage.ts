import type { ExperimentChoice } from "@/lib/contract/experiment";
import type { Database } from "@/server/db/client";
import { type ExperimentRow, insertTrials, type NewTrial, setExperiment } from "@/server/db/experiments/experiments";
import { setTrialSteps, type TrialWithRun } from "@/server/db/experiments/trials";
import { chooseSetting, type SweptTrial } from "./choose-settings";
import { evenOutSteps, type StepTime } from "./even-out-steps";

/** Gives the sweep's trials steps such that all take the same time. @returns what is wrong when a probe has no time */
export async function planSweep(db: Database, { request }: ExperimentRow, trials: readonly TrialWithRun[]): Promise<string | null> {
  const times: StepTime[] = [];
  for (const { trial, run } of trials) {
    if (trial.stage !== "probe") continue;
    const medianStepMs = run?.status === "finished" ? run.cost?.medianStepMs : null;
    if (medianStepMs == null) {
      const why = run?.error ?? (run === null ? "its run was removed" : `it is ${run.status}`);
      return `The speed of ${request.arms[trial.arm]?.name} is not known, so its steps cannot be matched: ${why}. Resume, or start anew.`;
    }
    times.push({ key: keyOf(trial), medianStepMs });
  }
  const steps = evenOutSteps(times, request.training.steps);
  for (const { trial } of trials) {
    const own = steps.get(keyOf(trial));
    if (trial.stage === "sweep" && own !== undefined) await setTrialSteps(db, trial, own);
  }
  return null;
}

/** Plans the final runs: the best setting of each arm with every seed. @returns what is wrong when an arm has none */
export async function planFinals(db: Database, experiment: ExperimentRow, swept: readonly TrialWithRun[]): Promise<string | null> {
  const { id, request } = experiment;
  const outcomes = swept.map(outcomeOf);
  const choices: ExperimentChoice[] = [];
  const finals: NewTrial[] = [];
  for (const [arm, { name }] of request.arms.entries()) {
    const choice = chooseSetting(outcomes, arm);
    const chosen = swept.find(({ trial }) => trial.arm === arm && trial.trial === choice?.trial)?.trial;
    if (choice === undefined || chosen === undefined) {
      const reason = swept.find(({ trial, run }) => trial.arm === arm && run?.error != null)?.run?.error;
      return `No trial of ${name} came to its end, so there is no setting to choose${reason == null ? "" : `: ${reason}`}. Start anew with other settings; lower learning rates may help.`;
    }
    choices.push(choice);
    const { adapter, learningRate, steps } = chosen;
    for (const [trial, seed] of request.finalSeeds.entries())
      finals.push({ stage: "final", arm, trial, seed, adapter, learningRate, steps });
  }
  await insertTrials(db, id, finals);
  await setExperiment(db, id, { choices });
  return null;
}

function outcomeOf({ trial, run }: TrialWithRun): SweptTrial {
  const { arm, trial: place, learningRate, stoppedAtStep } = trial;
  const evaluation = run?.latestEvaluation ?? null;
  const isWhole = run?.status === "finished" && evaluation?.step === run.steps;
  const isStopped = run?.status === "stopped" && stoppedAtStep !== null;
  const outcome = isWhole ? "finished" : isStopped ? "stoppedEarly" : run?.status === "failed" ? "failed" : "ended";
  return { arm, trial: place, learningRate, outcome, loss: evaluation?.loss ?? null };
}

function keyOf({ arm, adapter }: TrialWithRun["trial"]): string {
  return `${arm} ${JSON.stringify(adapter)}`;
}
