import { toCsv } from "@/components/ui/save-file";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { isChosen } from "./trial-words";

/** Every trial with its setting and what came of it, unrounded. */
export function trialsCsv(detail: ExperimentDetail): string {
  const head = ["stage", "arm", "trial", "adapter", "learningRate", "seed", "steps", "status", "step", "evaluatedStep", "loss", "baseLoss"];
  const more = ["difference", "differenceHalfWidth95", "trainableParameters", "medianStepMs", "isChosen", "run", "error"];
  return toCsv(
    [...head, ...more],
    detail.trials.map((trial) => {
      const { stage, arm, adapter, learningRate, seed, steps, status, step, evaluation, trainableParameters, medianStepMs } = trial;
      const place = [stage, detail.request.arms[arm]?.name ?? null, trial.trial + 1, JSON.stringify(adapter)];
      const measured = [evaluation?.step ?? null, evaluation?.loss ?? null, evaluation?.baseLoss ?? null, evaluation?.difference ?? null];
      const rest = [evaluation?.differenceHalfWidth ?? null, trainableParameters, medianStepMs, String(isChosen(trial, detail))];
      return [...place, learningRate, seed, steps, status, step, ...measured, ...rest, trial.run?.id ?? null, trial.error];
    }),
  );
}
